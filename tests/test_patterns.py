"""Every regular expression is right, although it is compiled only when somebody uses it."""

from __future__ import annotations

import gc
import pkgutil
import re
from importlib import import_module

import pytest

import flaskprod_lint
from flaskprod_lint.patterns import Lazy, regex


def test_all_of_ours_compile() -> None:
    for module in pkgutil.walk_packages(flaskprod_lint.__path__, "flaskprod_lint."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    ours = [one for one in gc.get_objects() if isinstance(one, Lazy)]
    assert len(ours) > 300
    for one in ours:
        assert re.compile(one.pattern, one.wanted).groups >= 0


def test_it_is_used_as_a_compiled_one_is() -> None:
    words = regex(r"[a-z]+", re.IGNORECASE)
    assert words.findall("Ab 1 c") == ["Ab", "c"]
    assert words.sub("-", "a1b") == "-1-"
    assert (words.groups, words.pattern) == (0, "[a-z]+")


def test_what_no_pattern_has_is_missed() -> None:
    with pytest.raises(AttributeError):
        assert regex("a").colour  # type: ignore[attr-defined]
