#!/bin/bash
INIT=/app/init.d
for script in "$INIT"/*.sh; do
  bash "$script" || exit
done
for file in init.d/*.py init.d/none-*.sql "init.d/*"; do
  echo "$file"
done
exec gunicorn app:app
