#!/bin/sh
gcloud run deploy shop --source . --timeout=900
