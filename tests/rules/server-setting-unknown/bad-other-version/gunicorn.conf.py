workers = 3
tolerate_dangerous_framing = True
debug = False
