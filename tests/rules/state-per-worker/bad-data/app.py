from flask import Flask

app = Flask(__name__)
visits = {}
names = []


@app.post("/visit/<name>")
def visit(name):
    visits[name] = visits.get(name, 0) + 1
    return "ok"


@app.get("/names")
def show():
    names = []
    names.append("x")
    return ",".join(names)
