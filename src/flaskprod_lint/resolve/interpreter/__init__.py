"""Runs Python sources in the mind only: bounded, without ever executing or importing anything of the project."""
