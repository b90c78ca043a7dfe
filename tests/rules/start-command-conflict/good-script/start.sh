#!/bin/sh
exec gunicorn --workers 2 app:app
