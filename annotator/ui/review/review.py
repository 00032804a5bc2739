"""Review: from the worst estimate upwards, accept or reject, and what is left to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from annotator.core.errors import RequestError
from annotator.core.types import Provenance
from annotator.services.editing.sweeps import each
from annotator.ui.i18n import tr
from annotator.ui.review.remark_desk import RemarkDesk

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Counts:
    """Frames of the range by what is known about the filtered objects.

    `open`: with a mask by a model that nobody looked at; `below`: those of them under the
    threshold; `sure`: all masks by a person, accepted or imported; `empty`: no mask at all.
    """

    open: int
    below: int
    sure: int
    empty: int


class Review(QObject):
    """The walk over the model's frames, and its filter. All calls are on the UI thread.

    Signals:
        filterChanged
    """

    filterChanged = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._seen: set[int] = set()
        self.only_chosen = False
        """Look at the chosen object only."""
        self.threshold = 1.0
        """Look only at masks estimated below this."""
        self.with_remarks = False
        """Look only at frames with a remark that is not resolved."""
        self.remarks = RemarkDesk(workspace)
        workspace.projectChanged.connect(self._seen.clear)
        workspace.objectChanged.connect(self._object_changed)

    def set_filter(
        self, *, only_chosen: bool, threshold: float, with_remarks: bool = False
    ) -> None:
        self.only_chosen, self.threshold, self.with_remarks = only_chosen, threshold, with_remarks
        self._seen.clear()
        self.filterChanged.emit()

    def _object_changed(self, _object_id: int) -> None:
        if self.only_chosen:
            self._seen.clear()  # other masks: none of them was shown yet

    # -- what is left

    def estimates(self) -> NDArray[np.float32]:
        """float32 [n_frames]: the lowest estimate among the model's masks that the filter lets
        through (0.5 where nothing is estimated); infinite where there are none."""
        document = self._workspace.document
        if document is None:
            return np.zeros(0, np.float32)
        worst = np.full(document.n_frames, np.inf, np.float32)
        for object_id in self._objects():
            model = document.cells.provenance(object_id) == Provenance.MODEL
            quality = np.nan_to_num(document.cells.quality(object_id), nan=0.5)
            worst = np.minimum(worst, np.where(model, quality, np.inf))
        if self.with_remarks:
            silent = np.ones(document.n_frames, bool)
            silent[document.remarks.open_frames()] = False
            worst[silent] = np.inf
        span = self._workspace.span
        if span is not None:
            worst[: span.start] = np.inf
            worst[span.stop :] = np.inf
        return worst

    def worst_frames(self, at_most: int | None = None) -> list[int]:
        """Frames with model masks under the threshold, the lowest estimate first."""
        return self._worst_of(self.estimates(), at_most)

    def survey(self, at_most: int) -> tuple[Counts, list[tuple[int, float]]]:
        """What is left, and the worst frames with their estimates."""
        worst = self.estimates()
        listed = self._worst_of(worst, at_most)
        return self._counts_of(worst), [(frame, float(worst[frame])) for frame in listed]

    def _worst_of(self, worst: NDArray[np.float32], at_most: int | None) -> list[int]:
        chosen = np.flatnonzero(worst < self._limit())
        # Numbers that are never equal sort many times faster than floats in a stable way; the bits
        # of floats that are not negative have the order of the floats.
        keys = worst[chosen].view(np.uint32).astype(np.uint64) << 32 | chosen.astype(np.uint64)
        if at_most is not None and at_most < len(keys):
            keys = np.partition(keys, at_most)[:at_most]
        keys.sort()
        frames: list[int] = (keys & 0xFFFFFFFF).tolist()
        return frames

    def counts(self) -> Counts:
        return self._counts_of(self.estimates())

    def _counts_of(self, worst: NDArray[np.float32]) -> Counts:
        document = self._workspace.document
        if document is None:
            return Counts(0, 0, 0, 0)
        open_ = np.isfinite(worst)
        known = np.zeros(document.n_frames, bool)
        for object_id in self._objects():
            known |= document.cells.provenance(object_id) != Provenance.NONE
        span = self._workspace.span or range(document.n_frames)
        inside = slice(span.start, span.stop)
        return Counts(
            int(open_.sum()),
            int((worst < self._limit()).sum()),
            int((known & ~open_)[inside].sum()),
            int((~known)[inside].sum()),
        )

    def _limit(self) -> float:
        # An estimate of exactly 1 is still a model's mask that nobody looked at.
        return np.inf if self.threshold >= 1 else self.threshold

    def _objects(self) -> Iterable[int]:
        document = self._workspace.document
        assert document is not None
        chosen = self._workspace.object_id
        if self.only_chosen and chosen in document.objects:
            return [chosen]
        return document.objects

    # -- walking

    def go_to_worst(self) -> None:
        """Show the worst model frame that this walk has not shown yet; after all, begin anew.

        Raises RequestError if no model mask is left.
        """
        order = self.worst_frames()
        if not order and np.isfinite(self.estimates()).any():
            raise RequestError(
                tr("No model mask left is estimated below {threshold:.2f}.").format(
                    threshold=self.threshold
                )
            )
        if not order and self._any():
            raise RequestError(
                tr("The filter or the range leaves no model mask to review."),
                tr("Change them in the panel of the review, or show the whole clip."),
            )
        if not order:
            raise RequestError(
                tr("There is no model mask to review."),
                tr("Propagate or fill between key frames first."),
            )
        left = [frame for frame in order if frame not in self._seen]
        if not left:
            self._seen.clear()
            left = order
        self._seen.add(left[0])
        self._workspace.walk(left)

    def _any(self) -> bool:
        """Whether there is a model's mask at all, whatever the filter."""
        document = self._workspace.document
        assert document is not None
        cells = document.cells
        return any((cells.provenance(o) == Provenance.MODEL).any() for o in document.objects)

    def run_ended(self) -> None:
        """New results: the walk begins at the worst again."""
        self._seen.clear()

    def go_to_key(self, direction: int) -> None:
        """The nearest frame before (-1) or after (1) this one with a mask that guides others.

        Raises RequestError if there is none.
        """
        keys, here = self._keys(), self._workspace.frame
        side = keys[keys > here] if direction > 0 else keys[keys < here][::-1]
        if not len(side):
            raise RequestError(tr("There is no further key frame on that side."))
        self._workspace.walk(side.tolist())

    def _keys(self) -> NDArray[np.int64]:
        document = self._workspace.document
        assert document is not None
        return document.key_frames()

    # -- judging

    def accept_frame(self) -> None:
        """The model's masks of this frame are right: they become key frames."""
        self._judge([self._workspace.frame], None, accept=True)

    def accept_object(self) -> None:
        """The chosen object's mask on this frame is right."""
        self._judge([self._workspace.frame], [self._workspace.object_id], accept=True)

    def accept_span(self) -> None:
        """All model masks of the range are right; without a range: between the key frames."""
        self._judge(self._span(), None, accept=True)

    def accept_and_go_on(self) -> None:
        """Accept this frame and show the next worst one, if any is left."""
        self.accept_frame()
        if self.worst_frames(1):
            self.go_to_worst()

    def reject_frame(self) -> None:
        """The model's masks of this frame are wrong: forget them, a run may make them anew."""
        self._judge([self._workspace.frame], None, accept=False)

    def _span(self) -> range:
        span = self._workspace.span
        if span is not None:
            return span
        keys, here = self._keys(), self._workspace.frame
        before, after = keys[keys < here], keys[keys > here]
        first = int(before[-1]) + 1 if len(before) else 0
        return range(first, int(after[0]) if len(after) else self._workspace.n_frames)

    def _judge(self, frames: Iterable[int], objects: Iterable[int] | None, *, accept: bool) -> None:
        workspace = self._workspace
        bench = workspace.bench
        if bench is None:
            return
        asked = each(frames)
        chosen = list(bench.document.objects if objects is None else objects)
        judged = asked[self._open_to(chosen, accept=accept)[asked]]
        if len(asked) == 1:
            what = tr("Frame {frame}").format(frame=asked[0])
        else:
            what = tr("Frames {first} to {last}").format(first=asked[0], last=asked[-1])
        if not len(judged):
            none = tr("{frames}: there is no model mask to judge.")
            raise RequestError(none.format(frames=what))
        act = bench.edit.accept if accept else bench.edit.reject
        act(judged, chosen)
        bench.session.when_done(partial(self._tell_judged, what, accept=accept))

    def _open_to(self, objects: Iterable[int], *, accept: bool) -> NDArray[np.bool_]:
        """bool [n_frames]: where a model's mask can be accepted, or rejected."""
        document = self._workspace.document
        assert document is not None
        open_ = np.zeros(document.n_frames, bool)
        for object_id in objects:
            info = document.objects.get(object_id)
            if info is not None and not info.locked:
                model = document.cells.provenance(object_id) == Provenance.MODEL
                open_ |= model if accept else model & ~document.cells.locked(object_id)
        return open_

    def _tell_judged(self, what: str, *, accept: bool) -> None:
        told = tr("{frames}: accepted.") if accept else tr("{frames}: rejected.")
        left = self.counts().open
        self._workspace.noticed.emit(
            "good" if accept else "info",
            told.format(frames=what),
            tr("{left} model frames left to review.").format(left=left),
        )

    def toggle_lock(self) -> None:
        """Lock every mask of the current frame, or unlock them if all are locked."""
        workspace = self._workspace
        bench, frame = workspace.bench, workspace.frame
        if bench is None:
            return
        cells = bench.document.cells.frame(frame)
        if not cells:
            raise RequestError(tr("There is no mask on this frame to lock."))
        lock = not all(cell.locked for cell in cells.values())
        bench.edit.set_locked([frame], cells, lock)
        workspace.noticed.emit(
            "info",
            (tr("Frame {frame} is locked.") if lock else tr("Frame {frame} is unlocked.")).format(
                frame=frame
            ),
            "",
        )
