set -e
exec gunicorn --bind "0.0.0.0:$PORT" --workers 3 app:app
