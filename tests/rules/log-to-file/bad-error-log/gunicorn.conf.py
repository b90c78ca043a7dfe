workers = 3
accesslog = "-"
errorlog = "logs/error.log"
capture_output = True
