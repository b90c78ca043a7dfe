#!/bin/sh
set -e
set -- gunicorn --workers 2
[ "$RELOAD" = 1 ] && set -- "$@" --reload
exec "$@" shop:app
