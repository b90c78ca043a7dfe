"""What flaskprod-lint costs and finds, measured beside other tools. Run `python -m benchmarks.NAME`."""
