#!/bin/sh
set -e
pg_dump "postgresql://backup:Zt5rW8kQ1mVx@db.shop.dev:5432/shop" > backup.sql
