"""Remarks and stages in words, for the panel, the pins, the timeline and the status line."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from annotator.core.document import Document
from annotator.core.review import Remark, Reply, StageChange
from annotator.services.review.stages import Left
from annotator.ui.i18n import tr

_BEGUN = 50
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def isolated(words: str) -> str:
    """What a person wrote, to stand within other words: letters that run from right to left leave
    the order of what is around them alone (a date after an Arabic name would be turned around)."""
    if _RIGHT_TO_LEFT.isdisjoint(map(unicodedata.bidirectional, words)):
        return words
    return f"\u2068{words}\u2069"


def stage_name(stage: str) -> str:
    """One of `core.review.STAGES` as a person reads it."""
    names = {"annotation": tr("Annotation"), "review": tr("Review"), "done": tr("Done")}
    return names[stage]


def stage_words(change: StageChange) -> str:
    """The stage, and who has the project."""
    name = stage_name(change.stage)
    if not change.assignee:
        return name
    return tr("{stage}: {person}").format(stage=name, person=isolated(change.assignee))


def left_words(left: Left) -> str:
    """What is still to be done, in one sentence."""
    parts = []
    if left.empty:
        parts.append(tr("{count} without a mask").format(count=left.empty))
    if left.unaccepted:
        parts.append(tr("{count} not accepted").format(count=left.unaccepted))
    if left.remarks:
        parts.append(tr("{count} open remarks").format(count=left.remarks))
    if not parts:
        return tr("Nothing is left.")
    return tr("Still left: {parts}.").format(parts=", ".join(parts))


def by_whom(name: str, seconds: float) -> str:
    """Who did something, and when, as far as that is known."""
    parts = [isolated(name) or tr("somebody")]
    if seconds:
        parts.append(datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M"))
    return ", ".join(parts)


def remark_line(remark: Remark) -> str:
    """A remark on one line: its number, who, the beginning of its text."""
    text, author = isolated(remark.text.splitlines()[0]), isolated(remark.author)
    line = f"#{remark.id} {author}: {text}" if author else f"#{remark.id} {text}"
    return tr("{remark} (resolved)").format(remark=line) if remark.resolved else line


def words_line(words: Remark | Reply) -> str:
    """A remark or a reply on one line of a menu: when it was written, and its beginning."""
    text = words.text.splitlines()[0]
    begun = text if len(text) <= _BEGUN else f"{text[:_BEGUN]} …"
    return f"{by_whom(words.author, words.time)}: {isolated(begun)}"


def thread(remark: Remark, document: Document) -> str:
    """All that was said: the remark, its replies, and who settled it."""
    info = document.objects.get(remark.object_id)
    about = f" · {isolated(info.name)}" if info is not None else ""
    blocks = [f"#{remark.id} · {by_whom(remark.author, remark.time)}{about}\n{remark.text}"]
    blocks += [f"{by_whom(a.author, a.time)}\n{a.text}" for a in remark.replies]
    if remark.resolved:
        who = by_whom(remark.resolved_by, remark.resolved_at)
        blocks.append(tr("Resolved: {who}").format(who=who))
    return "\n\n".join(blocks)
