bind = "localhost:5000"
workers = 3
accesslog = "-"
