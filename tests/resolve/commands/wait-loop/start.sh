#!/bin/sh
set -e

until pg_isready -h "$DB_HOST"; do
  sleep 1
done
flask db upgrade || exit 1
exec gunicorn shop:app
