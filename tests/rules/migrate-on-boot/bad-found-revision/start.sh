#!/bin/bash
HEAD=$(python find_head.py)
alembic upgrade $HEAD
exec gunicorn --workers 2 --access-logfile - app:app
