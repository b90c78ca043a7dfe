from flask import Flask
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    DEBUG: bool = True
    SECRET_KEY: str


app = Flask(__name__)
app.config.from_object(Settings())
