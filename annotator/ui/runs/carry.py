"""Frame by frame: masks are carried to the next frame, looked at, mended, and carried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.core.errors import RequestError
from annotator.ui.i18n import tr

if TYPE_CHECKING:
    from annotator.services.runs.runs import Run
    from annotator.ui.workspace import Workspace


class Carry:
    """Carries the masks of the frame on show to its neighbour.

    Who goes on from a frame has found it right: its masks are accepted, so that the neighbour's
    come from them and not from a key frame far away.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._under_way: Run | None = None

    def go(self, step: int) -> None:
        """Carry them one frame on (1) or back (-1), and show it.

        While that is computed, further calls do nothing: a key that is held steps as fast as the
        masks come. Raises RequestError where there is nothing to carry, or nowhere to.
        """
        if self._under_way is not None and not self._under_way.state.over:
            return
        frame = self._workspace.frame
        self._workspace.desk.after_live(lambda: self._from(frame, step))

    def _from(self, frame: int, step: int) -> None:
        workspace = self._workspace
        bench = workspace.bench
        if bench is None or workspace.frame != frame:
            return  # the person, or the call before, went elsewhere while a live mask was made
        document, target = bench.document, frame + step
        if not 0 <= target < document.n_frames:
            raise RequestError(tr("The clip ends here."))
        objects = document.cells.frame(frame).keys() & document.objects.keys()
        if not objects:
            raise RequestError(
                tr("There is no mask on this frame to carry."),
                tr("Draw one, or go to a frame that has one."),
            )
        bench.edit.accept([frame], sorted(objects))
        free = document.writable(target, frozenset(objects))
        workspace.go_to(target)
        if free:
            workspace.desk.run_quietly(
                "propagate",
                self._begun,
                frames=range(target, target + 1),
                objects=sorted(free),
                direction="forward" if step > 0 else "backward",
            )

    def _begun(self, run: Run) -> None:
        self._under_way = run
