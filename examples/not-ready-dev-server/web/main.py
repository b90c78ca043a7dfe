import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]


@app.get("/")
def home():
    return "hello"


def main():
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "5000")), debug=True)


if __name__ == "__main__":
    main()
