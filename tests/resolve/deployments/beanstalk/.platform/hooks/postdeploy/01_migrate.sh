#!/bin/bash
cd /var/app/current
flask --app shop db upgrade
