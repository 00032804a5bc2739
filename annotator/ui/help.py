"""The page of shortcuts, made from the table of commands."""

from __future__ import annotations

from html import escape

import annotator
from annotator.ui.actions import ActionTable, plain
from annotator.ui.i18n import tr


def help_html(table: ActionTable) -> str:
    """Rich text with every command that has a key, by menu, in two columns."""
    rows = [
        f"<tr><td><b>{escape(key)}</b>&nbsp;&nbsp;</td>"
        f"<td style='white-space: nowrap'>{escape(plain(spec.text))}</td></tr>"
        for spec in table.specs
        if (key := table.key_of(spec.id))
    ]
    half = (len(rows) + 1) // 2
    columns = "".join(
        f"<td><table>{''.join(part)}</table></td>" for part in (rows[:half], rows[half:])
    )
    mouse = tr(
        "Wheel: zoom. Space or middle button: move. Alt + wheel: pen size. "
        "Shift: straight line. Esc: drop the stroke."
    )
    return (
        f"<h3>Strokeflow {annotator.__version__}</h3><p>{escape(mouse)}</p>"
        f"<table cellspacing='12'><tr>{columns}</tr></table>"
    )
