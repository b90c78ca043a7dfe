workers = 3
logconfig_dict = {
    "version": 1,
    "handlers": {"out": {"class": "logging.StreamHandler"}},
    "loggers": {"gunicorn.access": {"level": "INFO", "handlers": ["out"]}},
}
