from environs import Env
from flask import Flask

env = Env()
env.read_env()

app = Flask(__name__)
app.config.from_mapping(SECRET_KEY=env.str("SECRET_KEY", default="not-so-secret"))
