#!/bin/sh
set -e

usage() {
  echo "server|shell" >&2
  exit 1
}

server() {
  flask db upgrade
  exec gunicorn -w "${WORKERS:-3}" shop:app "$@"
}

shell() {
  exec flask shell
}

[ $# -ge 1 ] || usage
COMMAND=$1
shift
"$COMMAND" "$@"
