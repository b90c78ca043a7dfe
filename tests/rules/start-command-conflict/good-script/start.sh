#!/bin/sh
PORT="${PORT:-8080}"
exec gunicorn \
  -w "${WORKERS:-2}" \
  -b "0.0.0.0:${PORT}" \
  app:app
