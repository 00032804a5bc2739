"""What somebody began to write about frames and did not keep: it outlives the window."""

from __future__ import annotations

from pathlib import Path

import msgspec

from annotator.ui.settings import Settings
from annotator.ui.workspace import Workspace

_KEPT = 50
_LONGEST = 20_000


class Target(msgspec.Struct, frozen=True):
    """What a text that is being written is to become.

    Attributes:
        frame: that it is about.
        remark: id of the remark that is answered or changed, 0 for a new one.
        part: of that remark which is worded anew: 0 for the remark itself, n for its n-th reply;
            None for a new remark or reply.
    """

    frame: int
    remark: int = 0
    part: int | None = None


class Draft(msgspec.Struct, frozen=True):
    """A text with what it is to become; `place` and `object_id` as of `Remark`, if it is new."""

    target: Target
    text: str
    place: tuple[float, float] | None = None
    object_id: int = 0


class Drafts:
    """The drafts of the open project. They lie in the settings, since they are nobody else's:
    a project goes from hand to hand."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace

    def all(self) -> list[Draft]:
        """By frame; none without a project that may be written to."""
        folder = self._folder()
        return [] if folder is None else sorted(self._read(folder), key=lambda d: d.target.frame)

    def get(self, target: Target) -> Draft | None:
        return next((draft for draft in self.all() if draft.target == target), None)

    def put(self, draft: Draft) -> None:
        """Keep it, in the place of an older one of the same target; the oldest ones go when there
        are too many."""
        folder = self._folder()
        if folder is not None:
            cut = msgspec.structs.replace(draft, text=draft.text[:_LONGEST])
            others = [d for d in self._read(folder) if d.target != draft.target]
            self._write(folder, [*others, cut][-_KEPT:])

    def forget(self, target: Target) -> None:
        folder = self._folder()
        if folder is not None and (found := self._read(folder)):
            self._write(folder, [draft for draft in found if draft.target != target])

    def _read(self, folder: Path) -> list[Draft]:
        try:
            return msgspec.json.decode(self._settings.drafts(folder), type=list[Draft])
        except msgspec.DecodeError:
            return []

    def _write(self, folder: Path, drafts: list[Draft]) -> None:
        self._settings.set_drafts(folder, msgspec.json.encode(drafts).decode() if drafts else "")

    def _folder(self) -> Path | None:
        bench = self._workspace.bench
        if bench is None or bench.session.read_only:
            return None
        store = bench.session.store
        return (store.where if store.moved else None) or bench.session.folder
