#!/bin/sh
gcloud run deploy shop --source .
