#!/bin/sh
git pull
docker-compose up -d --build
docker-compose exec web flask db upgrade
