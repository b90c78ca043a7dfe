#!/bin/bash
export ADMIN_PASSWORD="${ADMIN_PASSWORD:-admin}"
su shop -s /bin/bash -c "flask create-user admin -p ${ADMIN_PASSWORD}"
flask seed --password="$ADMIN_PASSWORD" -U "$DB_USER"
flask ping "postgresql://shop:${DB_PASSWORD}@db/shop"
exec gunicorn app:app
