#!/bin/bash
flask db init
flask db migrate -m auto
flask db upgrade
exec gunicorn -b 0.0.0.0:8000 -w 2 --access-logfile - app:app
