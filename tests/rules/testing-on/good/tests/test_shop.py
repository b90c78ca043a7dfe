from shop import app

app.testing = True
