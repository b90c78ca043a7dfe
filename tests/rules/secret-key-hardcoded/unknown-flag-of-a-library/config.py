from hosting import place, secrets

if place.LOCAL:
    SECRET_KEY = "sooper seekret"
else:
    SECRET_KEY = secrets.read("flask")
