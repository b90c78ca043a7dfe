"""The files we read: one module per format, from text to located facts, without meaning."""
