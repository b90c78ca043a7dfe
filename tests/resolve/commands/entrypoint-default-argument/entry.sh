#!/bin/sh
set -e

if [ "${1#-}" != "$1" ] || [ $# -eq 0 ]; then
  set -- gunicorn shop:app "$@"
fi
exec "$@"
