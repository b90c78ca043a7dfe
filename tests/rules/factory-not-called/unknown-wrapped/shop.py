import somewhere


@somewhere.wrap
def create_app():
    return None
