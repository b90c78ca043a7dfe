workers = 3
worker_class = "sync"
worker_connections = 500
keepalive = 75
