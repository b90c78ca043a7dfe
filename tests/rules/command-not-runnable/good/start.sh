#!/bin/sh
set -e
exec gunicorn --bind 0.0.0.0:${PORT:-8000} --workers 3 --threads 2 --access-logfile - "shop:create_app()"
