from hooks import reconnect


def post_fork(server, worker):
    reconnect()
