"""Keys of findings that survive moved lines: the rule, the path, the line without its blanks, and which of several.

The line of a secret is masked before it is hashed, so that nobody can try out what the secret was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flaskprod_lint.finding import Finding
from flaskprod_lint.masking import mask_line
from flaskprod_lint.source import Project


def stamped(findings: Iterable[Finding], project: Project) -> Iterator[Finding]:
    """The findings with their keys, each its own: of equal lines the first, the second and so on."""
    seen: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        base = (finding.rule, finding.at.path, text_of(finding, project))
        seen[base] = seen.get(base, 0) + 1
        yield replace(finding, fingerprint=key(*base, seen[base]))


def text_of(finding: Finding, project: Project) -> str:
    """The line that a finding stands on, without blanks and without the text of a secret."""
    source = project.read(finding.at.path) if not finding.revision else None
    if source is None:
        return finding.revision
    line = mask_line(source.line(finding.at.line), secret=is_about_a_secret(finding))
    return "".join(line.split())


def is_about_a_secret(finding: Finding) -> bool:
    """Whether the lines of a finding may hold a secret that has to be masked."""
    return finding.item == "secrets" or "url" in finding.rule


def key(rule: str, path: str, text: str, number: int) -> str:
    """The key of the finding of a rule at the `number`th line of that text in a file."""
    base = "\0".join((rule, path, text, str(number)))
    return hashlib.sha256(base.encode("utf-8", "surrogatepass")).hexdigest()[:16]
