"""Remarks on frames: what somebody is to look at, with answers, until it is settled."""

from __future__ import annotations

import time
from dataclasses import replace

from annotator.core.changes import SetRemark
from annotator.core.document import ChangeSet, Document
from annotator.core.errors import RequestError
from annotator.core.review import Remark, Reply
from annotator.services.project.session import Session

MAX_LENGTH = 4000


def add_remark(
    session: Session,
    frame: int,
    text: str,
    *,
    place: tuple[float, float] | None = None,
    object_id: int = 0,
) -> Remark:
    """Write a remark on a frame; one undo step.

    Args:
        place: (x, y) in pixels of the picture that it points to.
        object_id: that it is about, 0 for none.

    Raises RequestError for a frame outside the clip, a place outside the picture, an unknown
    object, and a text that is empty or beyond `MAX_LENGTH` characters.
    """
    document = session.document
    if not 0 <= frame < document.n_frames:
        raise RequestError(
            f"There is no frame {frame}.", f"The last one is {document.n_frames - 1}."
        )
    if object_id and object_id not in document.objects:
        raise RequestError(f"There is no object {object_id}.", "Add or choose an object first.")
    if place is not None:
        place = _inside(place, document)
    remark = Remark(
        document.remarks.next_id,
        frame,
        _checked(text),
        session.person,
        time.time(),
        place,
        object_id,
    )
    session.apply(f"Remark on frame {frame}", [SetRemark(remark.id, remark)])
    return remark


def edit_remark(
    session: Session, remark_id: int, text: str, answer: int | None = None
) -> ChangeSet:
    """Word a remark anew, or one of its replies; author and time stay.

    Args:
        answer: number of the reply, from 0 on; None for the remark itself.

    Raises RequestError as `add_remark` does, for an unknown reply, and for what is not one's own
    (`is_own`): nobody may change words that stand under another name.
    """
    remark, text = _known(session, remark_id), _checked(text)
    if answer is not None and not 0 <= answer < len(remark.replies):
        raise RequestError(f"There is no reply {answer} to remark {remark_id}.")
    words = remark if answer is None else remark.replies[answer]
    if not is_own(session, words):
        raise RequestError(f"{words.author} wrote that.", "Reply to it instead.")
    if text == words.text:
        return ChangeSet()
    if answer is None:
        return _put(session, f"Change remark {remark_id}", replace(remark, text=text))
    replies = list(remark.replies)
    replies[answer] = replace(replies[answer], text=text)
    title = f"Change a reply to remark {remark_id}"
    return _put(session, title, replace(remark, replies=tuple(replies)))


def is_own(session: Session, words: Remark | Reply) -> bool:
    """Whether the person who works here wrote it; or nobody knows who did."""
    return words.author in ("", session.person)


def move_remark(session: Session, remark_id: int, place: tuple[float, float]) -> ChangeSet:
    """Let a remark point to another place of its frame, or to a first one; one undo step.

    The object that it is about stays. Raises RequestError for an unknown remark and for a place
    outside the picture.
    """
    remark, place = _known(session, remark_id), _inside(place, session.document)
    if place == remark.place:
        return ChangeSet()
    return _put(session, f"Move the pin of remark {remark_id}", replace(remark, place=place))


def reply(session: Session, remark_id: int, text: str) -> ChangeSet:
    """Answer a remark. Raises RequestError, see `add_remark`."""
    remark = _known(session, remark_id)
    answer = Reply(session.person, time.time(), _checked(text))
    return _put(
        session, f"Reply to remark {remark_id}", replace(remark, replies=(*remark.replies, answer))
    )


def set_resolved(session: Session, remark_id: int, resolved: bool) -> ChangeSet:
    """Settle a remark, or open it again. Raises RequestError for an unknown one."""
    remark = _known(session, remark_id)
    if remark.resolved == resolved:
        return ChangeSet()
    if resolved:
        by, at, verb = session.person, time.time(), "Resolve"
    else:
        by, at, verb = "", 0.0, "Reopen"
    return _put(
        session,
        f"{verb} remark {remark_id}",
        replace(remark, resolved=resolved, resolved_by=by, resolved_at=at),
    )


def delete_remark(session: Session, remark_id: int) -> ChangeSet:
    """Remove a remark with its replies. Raises RequestError for an unknown one."""
    _known(session, remark_id)
    return session.apply(f"Delete remark {remark_id}", [SetRemark(remark_id, None)])


def find_remarks(
    document: Document, *, only_open: bool = False, person: str | None = None, text: str = ""
) -> list[Remark]:
    """Remarks by frame: the open ones, those that `person` wrote or answered, those that hold a
    text (also in replies and names, in any case of letters)."""
    sought = text.strip().casefold()
    return [
        remark
        for remark in document.remarks.all()
        if not (only_open and remark.resolved)
        and (person is None or person in _people(remark))
        and sought in _words(remark)
    ]


def next_remark(session: Session, frame: int, direction: int) -> int:
    """The nearest frame with an open remark before (-1) or after (1) `frame`.

    Raises RequestError if there is none on that side.
    """
    frames = session.document.remarks.open_frames()
    side = [f for f in frames if (f > frame if direction > 0 else f < frame)]
    if not side:
        raise RequestError("There is no further open remark on that side.")
    return min(side) if direction > 0 else max(side)


def _people(remark: Remark) -> set[str]:
    return {remark.author, *(answer.author for answer in remark.replies)}


def _words(remark: Remark) -> str:
    texts = [remark.text, *(answer.text for answer in remark.replies), *_people(remark)]
    return "\n".join(texts).casefold()


def _known(session: Session, remark_id: int) -> Remark:
    remark = session.document.remarks.get(remark_id)
    if remark is None:
        raise RequestError(f"There is no remark {remark_id}.", "It may have been deleted.")
    return remark


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise RequestError("A remark needs some text.", "Write what is to be looked at.")
    if len(text) > MAX_LENGTH:
        raise RequestError(
            f"The remark is {len(text)} characters long.", f"Keep it to {MAX_LENGTH} characters."
        )
    return text


def _inside(place: tuple[float, float], document: Document) -> tuple[float, float]:
    width, height = document.size
    # A pixel reaches half its size to each side of its middle, which is a whole number.
    if not (-0.5 <= place[0] < width - 0.5 and -0.5 <= place[1] < height - 0.5):
        raise RequestError(
            f"The place {place[0]:.0f}, {place[1]:.0f} is outside the picture.",
            f"It has {width} × {height} pixels.",
        )
    return round(float(place[0]), 2), round(float(place[1]), 2)


def _put(session: Session, title: str, remark: Remark) -> ChangeSet:
    return session.apply(title, [SetRemark(remark.id, remark)])
