"""`python -m flaskprod_lint`."""

from flaskprod_lint.cli import main

if __name__ == "__main__":
    main()
