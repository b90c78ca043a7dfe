"""Variables in a text that nobody has expanded yet."""

from __future__ import annotations

from flaskprod_lint.patterns import regex

#: $PORT, ${PORT}, ${PORT:-8000}.
VARIABLE = regex(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::?[-=](?P<default>[^{}]*))?\})")
