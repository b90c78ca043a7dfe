import os

workers = int("three")
