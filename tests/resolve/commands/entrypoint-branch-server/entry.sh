#!/bin/bash
set -e

CMD=(gunicorn --bind "0.0.0.0:${PORT:-8000}")
CMD+=(--access-logfile -)

case "$1" in
    server)
        shift
        exec "${CMD[@]}" shop:app "$@"
        ;;
    worker|beat)
        exec celery --app shop.tasks "$1"
        ;;
    migrate)
        flask db upgrade
        ;;
    *)
        exec "$@"
        ;;
esac
