"""Recall and precision over the labelled lines of the tests, ours and detect-secrets' side by side.

    python -m benchmarks.credentials

Recall is the part of the secrets that is found, precision the part of what is found that is a secret. A line counts
as found where a finding of at least a warning names it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from labelled_lines import Line, write
from test_labelled_lines import named

Found = set[tuple[str, int]]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        where = write(folder)
        secrets = sum(line.secret for line in where.values())
        sys.stdout.write(f"{len(where)} lines, {secrets} of them secrets\n{'':16}recall  precision\n")
        for tool, found in (("flaskprod-lint", named(folder)), ("detect-secrets", by_detect_secrets(folder))):
            recall, precision = score(where, found)
            sys.stdout.write(f"{tool:16}{recall:6.3f}{precision:11.3f}\n")


def score(where: dict[tuple[str, int], Line], found: Found) -> tuple[float, float]:
    """Recall and precision of a set of places, over the lines that are labelled."""
    secrets = {place for place, line in where.items() if line.secret}
    right = len(found & secrets)
    return right / len(secrets), right / max(1, len(found & where.keys()))


def by_detect_secrets(folder: Path) -> Found:
    """What detect-secrets finds with all its plug-ins, as its defaults have them."""
    command = [str(Path(sys.executable).with_name("detect-secrets")), "scan", "--all-files", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    results = json.loads(done.stdout)["results"]
    return {(path, one["line_number"]) for path, found in results.items() for one in found}


if __name__ == "__main__":
    main()
