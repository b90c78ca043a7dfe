#!/bin/sh
set -e
case "$1" in
  dev) exec flask --app shop run --debug ;;
  web) exec gunicorn --bind 0.0.0.0:${PORT:-8000} --workers 3 --threads 2 --access-logfile - "shop:create_app()" ;;
  *) exec "$@" ;;
esac
