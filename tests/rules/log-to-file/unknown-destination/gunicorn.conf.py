import os

workers = 3
accesslog = os.environ["ACCESS_LOG"]
