#!/bin/bash
if [ -n "$FIRST_RUN" ]; then
  flask db migrate
fi
flask db upgrade
exec gunicorn -b 0.0.0.0:8000 -w 2 --access-logfile - app:app
