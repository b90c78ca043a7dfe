"""Feeds one parser with inputs that reach new code of it, as atheris finds them (`pip install -e .[fuzz]`).

    python -m benchmarks.guided compose.read                      # until it is stopped
    python -m benchmarks.guided "shell evaluator" -runs=100000    # options of libFuzzer stand at the end
    python -m benchmarks.guided --list

It starts from the fixtures of the tests, like `python -m benchmarks.fuzz`, and from what earlier runs found, which it
keeps in the folder `flaskprod-lint-fuzz` for temporary files. At the first failure it stops and leaves the input in a
file that it names.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

#: What is watched: our code, and the parsers in Python that it stands on.
_WATCHED = ["flaskprod_lint", "dockerfile_parse", "packaging", "tomli"]

with atheris.instrument_imports(include=_WATCHED):
    from flaskprod_lint.inputs.python import UNPARSABLE
    from fuzzing import PATIENCE, PROMISED, Target, targets

    KNOWN = {target.name: target for target in targets()}

#: Options of libFuzzer, before those that are given: the largest input in bytes, and its patience in seconds.
_DEFAULTS = ("-max_len=4000", f"-timeout={int(PATIENCE) + 4}")


def main() -> int:
    """Fuzz the parser that is named. What atheris runs does not come back."""
    if sys.argv[1:] in ([], ["--list"]) or sys.argv[1] not in KNOWN:
        sys.stdout.writelines(f"{name}\n" for name in KNOWN)
        return 0 if sys.argv[1:] == ["--list"] else 2
    warnings.simplefilter("ignore")
    target, given = KNOWN[sys.argv[1]], sys.argv[2:]
    corpus = Path(tempfile.gettempdir()) / "flaskprod-lint-fuzz" / target.name.replace(" ", "-")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_text(text, "utf-8", errors="surrogatepass")
        with atheris.instrument_imports(include=_WATCHED):  # what is only imported for the first text
            _feed(target, text.encode("utf-8", "surrogatepass"))
    atheris.Setup([sys.argv[0], *_DEFAULTS, *given, str(corpus)], lambda data: _feed(target, data))
    atheris.Fuzz()
    return 0


def _feed(target: Target, data: bytes) -> None:
    try:
        target.call(data.decode("utf-8", errors="replace"))
    except UNPARSABLE:
        if target.name not in PROMISED:
            raise


if __name__ == "__main__":
    sys.exit(main())
