THREADS=4
export GUNICORN_CMD_ARGS="--preload"
