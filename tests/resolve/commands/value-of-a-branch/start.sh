#!/bin/sh
set -e

if [ -n "$PORT" ]; then
  BIND="0.0.0.0:$PORT"
else
  BIND="0.0.0.0:8000"
fi
exec gunicorn --bind "$BIND" shop:app
