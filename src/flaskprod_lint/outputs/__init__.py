"""What comes out: one module per output format, from a report to text."""
