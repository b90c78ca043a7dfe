FROM python:3.12-slim
RUN <<EOF
set -e
apt-get update
CMD is no instruction here
EOF
COPY <<"EOF" /start.sh
#!/bin/sh
FROM=nowhere
exec gunicorn app:app
EOF
RUN <<-E1 bash && cat <<E2
	echo one
	E1
two
E2
CMD ["sh", "/start.sh"]
