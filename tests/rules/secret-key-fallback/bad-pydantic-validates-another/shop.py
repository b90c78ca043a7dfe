from flask import Flask
from pydantic import field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    secret_key: str = "insecure-default"
    page_size: str = "20"

    @field_validator("page_size")
    @classmethod
    def small(cls, value: str) -> str:
        if len(value) > 3:
            raise ValueError("too large")
        return value


app = Flask(__name__)
app.config["SECRET_KEY"] = Settings().secret_key
