thread = 4
for name, value in list(globals().items()):
    if name == "thread":
        threads = value
