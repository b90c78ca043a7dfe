"""What the services that run checks read, and what is written there when nobody says how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flaskprod_lint.finding import Report, Severity

#: GitHub takes no more of a step's summary (bytes).
_SUMMARY_LIMIT = 1_000_000


def formats_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The formats of a run that names none: in GitHub Actions and GitLab CI what these show beside the log."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return "text", "github"
    if environment.get("GITLAB_CI") == "true":
        return "text", "gitlab:gl-code-quality-report.json"
    return ("text",)


def github_files(reports: Sequence[Report], environment: Mapping[str, str], version: str) -> Iterator[tuple[str, str]]:
    """The files that GitHub Actions reads after a step, with what to add to each: its summary and its outputs."""
    summary, outputs = environment.get("GITHUB_STEP_SUMMARY"), environment.get("GITHUB_OUTPUT")
    if summary:
        from flaskprod_lint.outputs import markdown

        text = markdown.write(reports, version)
        yield summary, text if len(text.encode("utf-8", "replace")) < _SUMMARY_LIMIT else text[: _SUMMARY_LIMIT // 4]
    if outputs:
        counts = {severity.value: sum(report.count(severity) for report in reports) for severity in Severity}
        ready = "true" if all(report.ready for report in reports) else "false"
        lines = [f"ready={ready}", *(f"{name}s={number}" for name, number in counts.items())]
        yield outputs, "\n".join([*lines, ""])
