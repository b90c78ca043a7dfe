#!/bin/bash
WORKERS=1
while [[ $# -gt 0 ]]; do
  case "$1" in
    --workers) WORKERS="$2"; shift 2 ;;
    --debug) DEBUG=1; shift ;;
    *) break ;;
  esac
done
exec gunicorn --workers "$WORKERS" "$@"
