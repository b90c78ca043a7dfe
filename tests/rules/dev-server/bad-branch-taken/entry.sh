#!/bin/sh
set -e
MODE=${1:-web}
if [ "$MODE" = "web" ]; then
  flask --app shop run --host 0.0.0.0
else
  exec "$@"
fi
