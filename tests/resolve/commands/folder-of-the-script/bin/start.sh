#!/bin/bash
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$HERE/../src"
. "$HERE/settings.sh"
exec gunicorn --threads "$THREADS" shop:app
