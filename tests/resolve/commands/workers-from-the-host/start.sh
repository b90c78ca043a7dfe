#!/bin/sh
set -e

WORKERS=${WEB_CONCURRENCY:-$((2 * $(nproc) + 1))}
exec gunicorn --workers "$WORKERS" shop:app
