#!/bin/sh
gunicorn --daemon --bind 127.0.0.1:8000 app:app
exec nginx -g 'daemon off;'
