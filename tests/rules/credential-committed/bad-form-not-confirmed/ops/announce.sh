#!/bin/sh
set -e
VOICE=sk_0877432d1026706d7e805da846a32c3bb81e3c29b6217927 python -m shop.announcements
