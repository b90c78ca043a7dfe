bind = "0.0.0.0:$PORT"
workers = 3
accesslog = "-"
