"""Turns a page into text, plain or in colour. Only colour needs rich, so only colour loads it."""

from __future__ import annotations

from io import StringIO

from flaskprod_lint.outputs.page import Page

#: The names that pages use, as rich's styles: the terminal's own sixteen colours, which fit dark and light themes.
STYLES = {
    "title": "bold",
    "heading": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold cyan",
    "good": "bold green",
    "bad": "bold red",
    "unsure": "bold yellow",
    "strong": "bold",
    "place": "cyan",
    "quiet": "dim",
    "instead": "green",
    "code": "",
    "mark-error": "red",
    "mark-warning": "yellow",
    "mark-note": "cyan",
}


def render(page: Page, *, color: bool) -> str:
    """The page as one text, each line ended."""
    return _colored(page) if color else plain(page)


def plain(page: Page) -> str:
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in page.lines)


def _colored(page: Page) -> str:
    from rich.console import Console
    from rich.text import Text

    stream = StringIO()
    console = Console(
        file=stream, force_terminal=True, color_system="standard", width=max(page.width, 1000), legacy_windows=False
    )
    for line in page.lines:
        text = Text(end="\n", no_wrap=True, overflow="ignore")
        for words, style in line:
            text.append(words, STYLES.get(style, "") or None)
        console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return stream.getvalue()
