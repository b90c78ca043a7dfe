from flask import Flask

app = Flask(__name__, static_folder="build", static_url_path="/")


@app.errorhandler(404)
def page(error):
    return app.send_static_file("index.html")
