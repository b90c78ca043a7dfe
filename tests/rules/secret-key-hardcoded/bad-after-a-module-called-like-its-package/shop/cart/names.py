PREFIX = "/user"
