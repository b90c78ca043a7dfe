"""What flaskprod-lint costs and finds, measured beside other tools. Each module is run by `python -m benchmarks.NAME`."""
