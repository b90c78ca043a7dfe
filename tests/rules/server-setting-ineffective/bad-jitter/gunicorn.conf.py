workers = 3
max_requests_jitter = 50
capture_output = True
