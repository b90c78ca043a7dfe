pip install -r $REQUIREMENTS
