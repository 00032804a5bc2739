"""Review: from the worst estimate upwards, accept, lock, and what is left to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotator.core.errors import RequestError
from annotator.core.types import Provenance

if TYPE_CHECKING:
    from annotator.ui.workspace import Workspace


class Review:
    """The walk over the model's frames. All calls are on the UI thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: set[int] = set()
        workspace.projectChanged.connect(self._seen.clear)

    def worst_frames(self) -> list[int]:
        """Frames with model masks, the lowest estimated quality first."""
        document = self._workspace.document
        if document is None:
            return []
        worst = np.full(document.n_frames, np.inf, np.float32)
        for object_id in document.objects:
            model = document.cells.provenance(object_id) == Provenance.MODEL
            quality = np.where(
                model, np.nan_to_num(document.cells.quality(object_id), nan=0.5), np.inf
            )
            worst = np.minimum(worst, quality)
        order = np.argsort(worst, kind="stable")
        return [int(f) for f in order[: int(np.isfinite(worst).sum())]]

    def go_to_worst(self) -> None:
        """Show the worst model frame that this walk has not shown yet; after all, begin anew.

        Raises RequestError if no model mask is left.
        """
        order = self.worst_frames()
        if not order:
            raise RequestError(
                "There is no model mask to review.", "Propagate or fill between key frames first."
            )
        left = [frame for frame in order if frame not in self._seen]
        if not left:
            self._seen.clear()
            left = order
        self._seen.add(left[0])
        self._workspace.go_to(left[0])

    def run_ended(self) -> None:
        """New results: the walk begins at the worst again."""
        self._seen.clear()

    def accept_frame(self) -> None:
        """Accept the model's masks of the current frame; they become key frames."""
        workspace = self._workspace
        bench, frame = workspace.bench, workspace.frame
        if bench is None:
            return
        cells = bench.document.cells.frame(frame).values()
        if not any(cell.provenance is Provenance.MODEL for cell in cells):
            raise RequestError(f"Frame {frame} has no model mask to accept.")
        bench.edit.accept([frame], bench.document.objects)
        left = len(self.worst_frames())
        workspace.noticed.emit(
            "good", f"Frame {frame} accepted.", f"{left} model frames left to review."
        )

    def toggle_lock(self) -> None:
        """Lock every mask of the current frame, or unlock them if all are locked."""
        workspace = self._workspace
        bench, frame = workspace.bench, workspace.frame
        if bench is None:
            return
        cells = bench.document.cells.frame(frame)
        if not cells:
            raise RequestError("There is no mask on this frame to lock.")
        lock = not all(cell.locked for cell in cells.values())
        bench.edit.set_locked([frame], cells, lock)
        workspace.noticed.emit("info", f"Frame {frame} is {'locked' if lock else 'unlocked'}.", "")

    def go_to_key(self, direction: int) -> None:
        """The nearest frame before (-1) or after (1) this one with a mask that guides others.

        Raises RequestError if there is none.
        """
        document = self._workspace.document
        if document is None:
            return
        here = self._workspace.frame
        keys = document.key_frames()
        side = [f for f in keys if f > here] if direction > 0 else [f for f in keys if f < here]
        if not side:
            raise RequestError("There is no further key frame on that side.")
        self._workspace.go_to(side[0] if direction > 0 else side[-1])
