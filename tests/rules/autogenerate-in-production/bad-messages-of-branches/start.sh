#!/bin/sh
if [ "$REASON" = first ]; then
  flask db migrate -m "First tables"
elif [ "$REASON" = model ]; then
  flask db migrate -m "Changed models"
else
  flask db migrate
fi
exec gunicorn --bind 0.0.0.0:$PORT app:app
