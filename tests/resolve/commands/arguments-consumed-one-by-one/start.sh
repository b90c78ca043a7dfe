#!/bin/bash
usage() {
  echo "start.sh [--initdb]"
  exit 1
}

while [[ "$#" -gt 0 ]]; do
  case $1 in
    --initdb)
      ./scripts/init_db.sh
      shift
      ;;
    --help) usage ;;
    *) echo "unknown: $1"; usage ;;
  esac
done

exec gunicorn --bind 0.0.0.0:8000 shop:app
