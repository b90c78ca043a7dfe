#!/bin/bash
set -a
source ./settings.env
set +a
exec gunicorn --bind "0.0.0.0:$SHOP_PORT" shop:app
