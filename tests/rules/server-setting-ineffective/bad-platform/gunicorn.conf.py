workers = 3
accesslog = "/tmp/access.log"
