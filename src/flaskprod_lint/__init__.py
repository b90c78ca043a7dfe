"""flaskprod-lint: what will really run when a Flask project is deployed, and is it ready for production?"""

__version__ = "0.1.0"
