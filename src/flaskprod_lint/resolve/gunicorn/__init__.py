"""Gunicorn's settings in effect, as Gunicorn itself resolves them."""
