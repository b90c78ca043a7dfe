SECRET_KEY = "xyzzy-1234"
