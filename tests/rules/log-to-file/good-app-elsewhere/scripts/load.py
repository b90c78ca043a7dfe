import logging

logging.basicConfig(filename="load.log")
