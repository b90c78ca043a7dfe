#!/bin/sh
set -e
if [ "$FLASK_ENV" = staging ]; then
    export SECRET_KEY_FILE=/run/key
fi
exec gunicorn --bind 0.0.0.0:$PORT --workers 3 --access-logfile - shop:app
