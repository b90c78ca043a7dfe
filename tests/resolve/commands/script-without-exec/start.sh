#!/bin/sh
flask db upgrade
gunicorn shop:app
