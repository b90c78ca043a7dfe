from flask import Flask, redirect, request

app = Flask(__name__)


@app.before_request
def only_https():
    if request.headers.get("X-Forwarded-Proto", request.scheme) == "http":
        return redirect(request.url.replace("http://", "https://", 1), code=301)


@app.route("/who")
def who():
    app.logger.info("asked by %s at %s", request.remote_addr, request.base_url)
    return redirect("/")
