#!/bin/sh
set -e
gunicorn --daemon shop:app
nginx -g "daemon off;"
