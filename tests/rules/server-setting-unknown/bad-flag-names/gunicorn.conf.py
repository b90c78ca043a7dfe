workers = 3
log_level = "warning"
access_logfile = "-"
keep_alive = 5
WORKER_CLASS = "gthread"
