"""From facts to deployments: who starts what, and which value wins."""
