import os

UNIT_TEST_MODE = os.environ["SERVER_SOFTWARE"].startswith("test")
