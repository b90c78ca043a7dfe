#!/bin/sh
exec gunicorn shop:app
