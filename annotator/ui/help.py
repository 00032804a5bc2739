"""The page of shortcuts, made from the table of commands."""

from __future__ import annotations

from html import escape

import annotator
from annotator.ui.actions import ActionSpec


def help_html(specs: list[ActionSpec]) -> str:
    """Rich text with every command that has a key, by menu, in two columns."""
    rows = [
        f"<tr><td><b>{escape(s.shortcut)}</b>&nbsp;&nbsp;</td>"
        f"<td style='white-space: nowrap'>{escape(_plain(s.text))}</td></tr>"
        for s in specs
        if s.shortcut
    ]
    half = (len(rows) + 1) // 2
    columns = "".join(
        f"<td><table>{''.join(part)}</table></td>" for part in (rows[:half], rows[half:])
    )
    return (
        f"<h3>Strokeflow {annotator.__version__}</h3>"
        "<p>Wheel: zoom. Space or middle button: move. Alt + wheel: pen size. "
        "Shift: straight line. Esc: drop the stroke.</p>"
        f"<table cellspacing='12'><tr>{columns}</tr></table>"
    )


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip(" …")
