#!/bin/sh
set -e

python - <<'END'
import os
os.system("gunicorn fake:app")
END
cat > /tmp/conf <<EOF
gunicorn other:app
EOF
exec gunicorn shop:app
