#!/bin/sh
gunicorn --bind 127.0.0.1:8000 shop:app &
nginx -g 'daemon off;'
