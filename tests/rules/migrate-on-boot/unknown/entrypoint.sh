#!/bin/bash
set -e
if [ "$MIGRATE" = "1" ]; then
  flask db upgrade
fi
exec gunicorn -b 0.0.0.0:8000 -w 2 --access-logfile - app:app
