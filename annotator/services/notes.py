"""Notes on frames: what a person wants to remember or tell the next one."""

from __future__ import annotations

from annotator.core.changes import SetNote
from annotator.core.document import ChangeSet
from annotator.core.errors import RequestError
from annotator.services.session import Session

MAX_LENGTH = 4000


def set_note(session: Session, frame: int, text: str) -> ChangeSet:
    """Write, change or (with nothing but blanks) remove the note of a frame; one undo step.

    Raises RequestError for a frame outside the clip or a text beyond `MAX_LENGTH` characters.
    """
    document = session.document
    if not 0 <= frame < document.n_frames:
        raise RequestError(
            f"There is no frame {frame}.", f"The last one is {document.n_frames - 1}."
        )
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise RequestError(
            f"The note is {len(text)} characters long.", f"Keep it to {MAX_LENGTH} characters."
        )
    if text == document.notes.get(frame, ""):
        return ChangeSet()
    verb = "Note on" if text else "Remove note of"
    return session.apply(f"{verb} frame {frame}", [SetNote(frame, text)])


def next_note(session: Session, frame: int, direction: int) -> int:
    """The nearest frame with a note before (-1) or after (1) `frame`.

    Raises RequestError if there is none on that side.
    """
    notes = session.document.notes
    side = [f for f in notes if (f > frame if direction > 0 else f < frame)]
    if not side:
        raise RequestError("There is no further note on that side.")
    return min(side) if direction > 0 else max(side)
