"""Dockerfiles against BuildKit's own parser (the package `dockerfile`), where that is installed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from conftest import ROOT
from flaskprod_lint.inputs.dockerfile import Dockerfile, Instruction, read
from flaskprod_lint.source import Source

oracle = pytest.importorskip("dockerfile")

REAL_SHAPED = sorted((ROOT / "tests" / "inputs" / "dockerfile").glob("*.dockerfile"))

_PIECES = [
    "FROM python:3.12-slim",
    "From python:3.12 AS Build",
    "FROM --platform=$BUILDPLATFORM node:20 as web",
    "ARG V=3",
    "ARG V",
    "ARG A B=2",
    "ENV A=1 B=\"x y\" C='z w' D=e\\ f",
    "ENV KEY the rest  of the line",
    'ENV URL="http://a?b=c#d" X=',
    'LABEL a=b c.d="e f"',
    "WORKDIR /app",
    "COPY . .",
    "COPY --chown=app:app --from=build /a /b/",
    'COPY ["a b", "/c/"]',
    'ADD ["x"]',
    "RUN echo hi   there",
    "RUN pip install \\\n    flask \\\n    gunicorn",
    "RUN a && \\\n# a comment\n    b",
    "RUN a && \\\n\n    b",
    "RUN a \\\n   \n\t# c\n  && b \\   \n && c",
    "RUN --mount=type=cache,target=/root/.cache --network=none pip install -r r.txt",
    'RUN --mount=type=secret,id="a b" cat x',
    "RUN -- --odd",
    "RUN <<EOF\necho 1\nCMD fake\nEOF",
    "RUN <<-'E'\n\techo $A\n\tE",
    "RUN cat <<A <<B > /x\none\nA\ntwo\nB",
    "RUN echo '<<EOF'",
    "RUN echo $((1<<2))",
    "RUN python - <<\"PY\"\nprint('FROM')\nPY",
    "COPY <<EOF /etc/x\nFROM nothing\nEOF",
    "COPY <<a.txt <<b.txt /dir/\nx\na.txt\ny\nb.txt",
    'RUN ["a", "b"]',
    'RUN ["a", <<EOF]',
    'CMD ["gunicorn", "-b", "0.0.0.0:$PORT", "app:app"]',
    'CMD ["gunicorn", \\\n     "-w", "4", \\\n     "app:app"]',
    "CMD gunicorn app:app # no comment",
    "CMD ['single', 'quotes']",
    'CMD ["trailing", "comma",]',
    "CMD []",
    'CMD [ "\\u0061\\n\\"" ]',
    'CMD exec gunicorn --bind "0.0.0.0:${PORT:-8000}" app:app',
    "cmd python app.py",
    'ENTRYPOINT ["/entrypoint.sh"]',
    "ENTRYPOINT /entrypoint.sh",
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
    "HEALTHCHECK --interval=30s --timeout=3s CMD curl -f http://localhost/ || exit 1",
    'HEALTHCHECK \\\n   CMD ["curl", "-f", "x"]',
    "HEALTHCHECK NONE",
    'ONBUILD CMD ["a"]',
    "ONBUILD RUN <<EOF\necho\nEOF",
    "EXPOSE ${PORT} 80/tcp",
    "USER app:app",
    "STOPSIGNAL SIGINT",
    'VOLUME ["/data", "/log"]',
    "VOLUME /data /log",
    "MAINTAINER somebody <a@b.c>",
    "# a comment",
    "   # an indented comment",
    "",
    "   ",
    "  RUN indented",
    "RUN ends in two \\\\",
    "RUN tab\tseparated\t words",
    "RUN ünïcödé 日本 \\\n  ok",
    "RUN echo \\ \\\n  x",
    "UNKNOWN thing here",
]
_HEADS = ["", "# syntax=docker/dockerfile:1\n", "# escape=\\\n", "# a comment\n# escape=`\n", "\n# escape=`\n"]
_TAILS = ["\n", "", " \\", "\nRUN last \\\n", "\n\n"]


_KNOWN = frozenset(
    (
        "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER "
        "VOLUME WORKDIR"
    ).split()
)


def generated(seed: int) -> str:
    chosen = random.Random(seed)
    pieces = [chosen.choice(_PIECES) for _ in range(chosen.randint(1, 9))]
    if chosen.random() < 0.15:
        return "# escape=`\n" + "\n".join(pieces).replace("\\\n", "`\n") + "\n"
    return chosen.choice(_HEADS) + "FROM base\n" + "\n".join(pieces) + chosen.choice(_TAILS)


def ours(facts: Dockerfile) -> list[tuple[Any, ...]]:
    return [described(one) for one in facts.instructions]


def described(one: Instruction) -> tuple[Any, ...]:
    inner = one.inner if one.keyword == "ONBUILD" else None
    holder = inner or one
    flags = tuple(flag.name for flag in one.flags)
    # The oracle has the heredocs of ONBUILD and does not hand them out.
    docs = () if inner else tuple((doc.name, undented(doc.text)) for doc in one.heredocs)
    sub = inner.keyword if inner else None
    exec_form = (one.inner or one).argv is not None
    return one.keyword, sub, one.span.line, one.span.end_line, flags, values(holder), exec_form, docs


def undented(text: str) -> str:
    """The oracle leaves it to a later step to take the tabs away from `<<-`."""
    return "\n".join(line.lstrip("\t") for line in text.split("\n"))


def values(one: Instruction) -> tuple[str, ...]:
    if one.keyword not in _KNOWN:
        return ("",)
    if one.argv is not None:
        return tuple(word.value for word in one.argv)
    if one.keyword in ("ENV", "LABEL"):
        return tuple(part.value for pair in one.pairs for part in (pair.name, pair.value) if part is not None)
    if one.keyword == "ARG":
        return tuple(f"{pair.name.value}={pair.value.value}" if pair.value else pair.name.value for pair in one.pairs)
    if one.keyword in ("RUN", "CMD", "ENTRYPOINT", "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"):
        return (one.value,) if one.value else ()
    if one.keyword == "HEALTHCHECK":
        # Only whether a command is wrapped matters here: the oracle splits its arguments in its own way.
        return (one.inner.keyword,) if one.inner else ()
    return tuple(word.value for word in one.words)


def theirs(text: str) -> list[tuple[Any, ...]]:
    found = []
    for one in oracle.parse_string(text):
        if one.cmd is None:  # a backslash alone at the end of the file
            continue
        keyword = one.cmd.upper()
        value = one.value
        if keyword == "HEALTHCHECK":
            value = value[:1]
        flags = tuple(flag.removeprefix("--").partition("=")[0].lower() for flag in one.flags)
        docs = tuple((doc.name, undented(doc.content)) for doc in one.heredocs)
        sub = one.sub_cmd.upper() if one.sub_cmd else None
        found.append((keyword, sub, one.start_line, one.end_line, flags, value, bool(one.json), docs))
    return found


def compare(text: str) -> bool:
    """Whether the oracle reads the text at all; both must then say the same."""
    try:
        expected = theirs(text)
    except oracle.GoParseError:
        return False
    assert ours(read(Source("Dockerfile", text))) == expected
    return True


def test_generated() -> None:
    read_by_both = sum(compare(generated(seed)) for seed in range(600))
    assert read_by_both >= 300


@pytest.mark.parametrize("path", REAL_SHAPED, ids=lambda path: path.stem)
def test_real_shaped(path: Any) -> None:
    assert compare(path.read_text("utf-8").removeprefix("\ufeff").replace("\r\n", "\n"))
