#!/bin/bash
set -e
case "$1" in
  server) exec gunicorn -b 0.0.0.0:8000 -w 2 --access-logfile - app:app ;;
  migrate) exec flask db upgrade ;;
esac
