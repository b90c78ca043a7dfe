#!/bin/bash
set -e
alembic upgrade head
exec gunicorn -b 0.0.0.0:8000 -w 2 --access-logfile - app:app
