apt-get install -y $PACKAGES
