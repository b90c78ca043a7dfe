#!/bin/sh
celery -A shop worker &
gunicorn shop:app &
wait -n
