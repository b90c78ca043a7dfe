#!/bin/bash
gcloud run deploy shop-dev --source .
