#!/bin/sh
gcloud run deploy shop --source . --region europe-west1
