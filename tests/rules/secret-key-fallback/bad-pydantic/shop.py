from flask import Flask
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    SECRET_KEY: str = "insecure-default"


app = Flask(__name__)
app.config.from_object(Settings())
