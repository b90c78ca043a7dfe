#!/bin/sh
cd backend
exec gunicorn -c gunicorn_settings.py shop.app:create_app
