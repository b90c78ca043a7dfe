#!/bin/sh
set -e
if [ "$MODE" = migrate ]; then
  flask --app shop db upgrade
  exit 0
fi
exec gunicorn --bind 0.0.0.0:8000 shop:app
