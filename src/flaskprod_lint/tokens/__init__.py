"""Credentials that are told by their own form: providers' tokens, private keys, JSON Web Tokens.

What is found is a place and a name. The text itself never leaves this room: of a token, at most the public prefix.
"""

from __future__ import annotations

from flaskprod_lint.tokens.form import Token
from flaskprod_lint.tokens.scanning import apart, find, whole

__all__ = ["Token", "apart", "find", "whole"]
