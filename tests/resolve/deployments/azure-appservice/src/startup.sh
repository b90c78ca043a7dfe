flask db upgrade
gunicorn --workers 2 app:app
