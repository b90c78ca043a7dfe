#!/bin/sh
set -e
echo "starting the site"
exec make serve
