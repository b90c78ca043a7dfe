pg_dump "postgresql://backup:${PASSWORD}@db.shop.dev:5432/shop" > backup.sql
