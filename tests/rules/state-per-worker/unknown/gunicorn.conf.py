import os

workers = int(os.environ["WORKERS"])
