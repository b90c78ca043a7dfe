#!/bin/sh
if [ "$APP_MODE" = "production" ]; then
  exec gunicorn --bind 0.0.0.0:${PORT:-8000} --workers 3 --threads 2 --access-logfile - "shop:create_app()"
else
  exec flask --app shop run --host 0.0.0.0
fi
