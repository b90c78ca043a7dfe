#!/bin/sh
if [[ "$MODE" == "prod" ]]; then
  exec gunicorn shop:app
fi
exec flask run
