# syntax=docker/dockerfile:1.7
ARG PYTHON_VERSION=3.12

FROM python:${PYTHON_VERSION}-slim AS builder
WORKDIR /build
# Build tools stay in this stage
RUN apt-get update && apt-get install -y --no-install-recommends \
        build-essential \
        # for psycopg2
        libpq-dev \

    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /venv && /venv/bin/pip install -r requirements.txt

FROM python:${PYTHON_VERSION}-slim
ENV PATH="/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PORT=8000
COPY --from=builder --chown=app:app /venv /venv
COPY . /app
WORKDIR /app
USER app
EXPOSE ${PORT}
HEALTHCHECK --interval=30s --timeout=5s \
    CMD curl -f "http://localhost:${PORT}/health" || exit 1
ENTRYPOINT ["./entrypoint.sh"]
CMD ["gunicorn", \
     "--bind", "0.0.0.0:8000", \
     "shop.wsgi:app"]
