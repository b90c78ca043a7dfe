#!/bin/sh
set -e

cmd="gunicorn"
cmd="$cmd --workers ${WORKERS:-2}"
if [ -n "$CERTFILE" ]; then
  cmd="$cmd --certfile $CERTFILE"
fi
cmd="$cmd shop:app"
eval "exec $cmd"
