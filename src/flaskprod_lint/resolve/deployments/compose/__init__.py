"""Compose files: which of them go together, which services run the app, and how each of them runs."""
