#!/bin/sh
set -e

if [ "$FLASK_ENV" = "production" ]; then
  exec gunicorn shop:app
else
  exec flask run --host 0.0.0.0
fi
