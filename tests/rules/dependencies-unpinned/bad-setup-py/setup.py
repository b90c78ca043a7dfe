from setuptools import setup

setup(name="shop", py_modules=["app"], install_requires=["flask", "gunicorn==23.0.0"])
