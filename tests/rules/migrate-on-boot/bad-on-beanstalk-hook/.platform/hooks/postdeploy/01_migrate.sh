#!/bin/bash
source /var/app/venv/*/bin/activate
cd /var/app/current
flask db upgrade
