exec gunicorn --workers 3 app:app
