#!/bin/bash
set -e
SERVICE=shop
gcloud run deploy "$SERVICE" --source . --region europe-west1 \
  --concurrency 20 --quiet
