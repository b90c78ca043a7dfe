"""Our data classes behave as Python's own, and are completed when the first of them is made."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from flaskprod_lint import records


def classes(mark: Callable[..., Any]) -> tuple[type, type, type]:
    """The same three classes, made by ours or by Python's decorator."""

    @mark(frozen=True)
    class Point:
        x: int
        y: int = 0
        note: str = dataclasses.field(default="", compare=False, repr=False)

    @mark(frozen=True)
    class Named(Point):
        name: str = "origin"

    @mark
    class Loose:
        names: list[str] = dataclasses.field(default_factory=list)

        def __post_init__(self) -> None:
            self.names.append("made")

    return Point, Named, Loose


BOTH = [classes(records.dataclass), classes(dataclasses.dataclass)]


@pytest.mark.parametrize(("point", "named", "loose"), BOTH)
def test_they_do_what_those_of_python_do(point: type, named: type, loose: type) -> None:
    assert named(1, 2).name == "origin"
    assert point(1, 2) == point(1, 2, note="of no account") != point(2, 1)
    assert named(1, 2) != point(1, 2)
    assert len({point(1), point(1, 0), named(1)}) == 2
    assert repr(named(1, name="a")) == "classes.<locals>.Named(x=1, y=0, name='a')"
    assert dataclasses.replace(point(1), y=5) == point(1, 5)
    assert [field.name for field in dataclasses.fields(named(1))] == ["x", "y", "note", "name"]
    assert loose().names == ["made"]
    assert loose() == loose()
    with pytest.raises(TypeError):
        hash(loose())
    with pytest.raises(TypeError):
        point()
    match named(3, 4):
        case point(x, y):
            assert (x, y) == (3, 4)


def test_own_methods_stay() -> None:
    @records.dataclass(frozen=True)
    class Folded:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Folded) and other.name.lower() == self.name.lower()

        def __hash__(self) -> int:
            return hash(self.name.lower())

        def __repr__(self) -> str:
            return self.name

    @records.dataclass(eq=False, repr=False)
    class Single:
        name: str

    assert {Folded("A"), Folded("a")} == {Folded("A")}
    assert repr(Folded("A")) == "A"
    assert Single("a") != Single("a")
    assert "object at" in repr(Single("a"))


def test_nothing_is_written_before_the_first_one() -> None:
    @records.dataclass
    class Waiting:
        name: str

    assert "__init__" not in vars(Waiting)
    assert Waiting("a").name == "a"
    assert "__init__" in vars(Waiting)


@records.dataclass(frozen=True)
class Sent:
    """One that another process makes without calling `__init__`."""

    name: str


def test_one_that_comes_from_another_process_is_whole() -> None:
    data = b"\x80\x02ctest_records\nSent\n)\x81}X\x04\x00\x00\x00nameX\x01\x00\x00\x00asb."
    assert pickle.loads(data) == Sent("a")
    assert pickle.loads(pickle.dumps(Sent("b"))).name == "b"


def test_threads_may_make_the_first_one_together() -> None:
    for _ in range(50):
        _point, named, _loose = classes(records.dataclass)
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(named, range(8)))
        assert made == [named(number) for number in range(8)]
