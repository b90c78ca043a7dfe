from settings import Config

workers = 3
preload = Config.PRELOAD
keepalive = 2
keepalive_timeout = 5
