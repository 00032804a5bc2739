"""Numbers and states as people say them."""

from __future__ import annotations

from annotator.core.types import Cell, Provenance
from annotator.services.runs.runs import Run
from annotator.ui.i18n import QT_TR_NOOP, tr

PROVENANCE_WORDS = {
    Provenance.HUMAN: QT_TR_NOOP("drawn"),
    Provenance.CORRECTED: QT_TR_NOOP("corrected"),
    Provenance.IMPORTED: QT_TR_NOOP("imported"),
    Provenance.MODEL: QT_TR_NOOP("model"),
}
"""Where a mask comes from, in one word."""


def cell_words(cell: Cell) -> str:
    """Where a known mask comes from, with the backend's name for a model's."""
    word = tr(PROVENANCE_WORDS[cell.provenance])
    return f"{word} ({cell.backend})" if cell.provenance is Provenance.MODEL else word


def filled_text(run: Run) -> str:
    """How many frames a run wrote."""
    changed, filled = (
        tr("{filled} of {frames} frames were changed."),
        tr("{filled} of {frames} frames were filled."),
    )
    text = changed if run.task == "clean" else filled
    return text.format(filled=run.filled, frames=run.frames)


def seconds_text(seconds: float) -> str:
    """12 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s").format(
            minutes=whole // 60, seconds=f"{whole % 60:02d}"
        )
    return tr("{hours} h {minutes} min").format(
        hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}"
    )


def bytes_text(count: float) -> str:
    """31 KiB, 812 MiB, 3.4 GiB."""
    mib = count / (1 << 20)
    if mib < 1:
        return f"{count / 1024:.0f} KiB"
    return f"{mib:.0f} MiB" if mib < 1024 else f"{mib / 1024:.1f} GiB"
