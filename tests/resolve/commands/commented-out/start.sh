#!/bin/sh
set -e
# gunicorn old:app
# exec flask run
exec gunicorn shop:app # not flask run
