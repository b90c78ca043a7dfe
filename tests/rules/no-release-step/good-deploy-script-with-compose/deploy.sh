#!/bin/sh
set -e
git pull
docker-compose -f docker-compose.prod.yml up -d --build
docker-compose -f docker-compose.prod.yml exec -T web flask db upgrade
