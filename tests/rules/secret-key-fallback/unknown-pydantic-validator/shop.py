from flask import Flask
from pydantic import field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str = "insecure-default"

    @field_validator("secret_key")
    @classmethod
    def own_key(cls, value: str) -> str:
        if value.startswith("insecure"):
            raise ValueError("set SECRET_KEY")
        return value


app = Flask(__name__)
app.config["SECRET_KEY"] = Settings().secret_key
