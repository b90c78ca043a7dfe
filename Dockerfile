# flaskprod-lint as an image: docker run --rm --network none --volume "$PWD:/project:ro" flaskprod-lint
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE rules.yaml ./
COPY src/ src/
RUN python -m venv /opt/flaskprod-lint && /opt/flaskprod-lint/bin/pip install --no-cache-dir .

FROM python:3.13-slim-bookworm
# git tells which files are tracked; the project that is mounted belongs to somebody else than this image's user.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY --from=build /opt/flaskprod-lint /opt/flaskprod-lint
ENV PATH=/opt/flaskprod-lint/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /project
USER 10001:10001
ENTRYPOINT ["flaskprod-lint"]
