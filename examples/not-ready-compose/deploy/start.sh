#!/bin/sh
set -e
flask db upgrade
gunicorn --bind 0.0.0.0:$PORT --workers 3 --threads 2 --worker-tmp-dir /dev/shm --access-logfile - 'shop:create_app()'
