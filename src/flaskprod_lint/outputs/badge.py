"""A badge for a README: how many of the checklist's items pass, in an SVG that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import Report, Verdict
from flaskprod_lint.outputs.xml_text import text

_LABEL = "production"
_GOOD, _BAD, _UNSURE = "#2f7d32", "#b3261e", "#8a6100"
#: The width of a letter of the badge's font at its size, in pixels, on the safe side.
_LETTER, _ROOM = 6.6, 12


def write(reports: Sequence[Report], version: str) -> str:
    """The badge of all reports together."""
    del version
    said, color = _said(reports)
    left, right = _width(_LABEL), _width(said)
    return _SVG.format(
        label=text(_LABEL),
        said=text(said),
        color=color,
        left=left,
        right=right,
        width=left + right,
        middle_left=left / 2,
        middle_right=left + right / 2,
    )


def _said(reports: Sequence[Report]) -> tuple[str, str]:
    """What stands on the badge, and its colour."""
    if reports and all(report.ready for report in reports):
        return "ready", _GOOD
    answers = [answer for report in reports for answer in report.checklist]
    settled = sum(answer.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) for answer in answers)
    failed = any(answer.verdict is Verdict.FAIL for answer in answers)
    return f"{settled} of {len(answers)}", _BAD if failed else _UNSURE


def _width(said: str) -> int:
    return round(len(said) * _LETTER) + _ROOM


_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {said}">
  <title>{label}: {said}</title>
  <clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="20" fill="#444"/>
    <rect x="{left}" width="{right}" height="20" fill="{color}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    <text x="{middle_left}" y="14">{label}</text>
    <text x="{middle_right}" y="14">{said}</text>
  </g>
</svg>
"""
