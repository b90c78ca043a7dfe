workers = 3
worker_class = "sync"
worker_connections = 1000
keepalive = 2
