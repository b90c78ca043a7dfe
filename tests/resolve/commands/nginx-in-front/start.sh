#!/bin/sh
nginx -g 'daemon on;'
exec gunicorn --bind unix:/tmp/shop.sock shop:app
