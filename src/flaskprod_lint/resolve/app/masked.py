"""Settings without their secrets: what may be printed of an app's config."""

from __future__ import annotations

from dataclasses import replace

from flaskprod_lint.model import Setting
from flaskprod_lint.resolve.app.secrets import NAMES
from flaskprod_lint.resolve.secrecy import is_secret_name, is_to_be_masked, mask_url

MASK = "***"


def masked(setting: Setting) -> Setting:
    """The setting with every secret in it replaced: its value, what it beat, and the defaults of its variables."""
    secret = setting.name in NAMES or is_secret_name(setting.name)
    return replace(
        setting,
        value=_hidden(setting.name, setting.value, secret),
        overrides=tuple(
            replace(beaten, value=_hidden(setting.name, beaten.value, secret)) for beaten in setting.overrides
        ),
        environment=tuple(
            replace(read, default=_hidden(read.name, read.default, secret or is_secret_name(read.name)))
            for read in setting.environment
        ),
    )


def _hidden(name: str, value: object, secret: bool, depth: int = 0) -> object:
    if depth > 20:
        return MASK
    if isinstance(value, (str, bytes)):
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        if text and (secret or (is_to_be_masked(name, text) and "://" not in text)):
            return MASK
        return mask_url(text) if isinstance(value, str) else value
    if isinstance(value, dict):
        return {
            key: _hidden(str(key), item, secret or is_secret_name(str(key)), depth + 1) for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value)(_hidden(name, item, secret, depth + 1) for item in value)
    return value
