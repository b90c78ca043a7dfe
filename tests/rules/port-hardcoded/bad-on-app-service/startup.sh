exec gunicorn --bind=0.0.0.0:5000 --workers 3 app:app
