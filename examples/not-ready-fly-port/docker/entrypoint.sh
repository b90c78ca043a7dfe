#!/bin/sh
set -eu
case "$1" in
  web) exec gunicorn -c docker/gunicorn.py shop:app ;;
  shell) exec flask --app shop shell ;;
  *) exec "$@" ;;
esac
