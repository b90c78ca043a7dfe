#!/bin/sh
if [ -n "$FIRST_START" ]; then
    flask db migrate
    flask db upgrade
else
    flask db migrate
    flask db upgrade
fi
exec gunicorn --workers 2 --access-logfile - app:app
