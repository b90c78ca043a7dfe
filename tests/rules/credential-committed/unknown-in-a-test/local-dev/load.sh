#!/bin/sh
DATABASE_URL=postgresql://shop:Zt5rW8kQ1mVx@db.shop.dev:5432/shop ./load
