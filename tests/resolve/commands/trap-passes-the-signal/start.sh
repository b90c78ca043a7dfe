#!/bin/sh
trap 'kill -TERM $pid; wait $pid' TERM
gunicorn shop:app &
pid=$!
wait $pid
