"""What the menu "Mask" does: commands on the chosen object's mask of the current frame."""

from __future__ import annotations

from annotator.core.errors import RequestError
from annotator.ui.i18n import tr
from annotator.ui.workspace import Workspace


class MaskCommands:
    """Each is one undo step. All raise RequestError where they cannot act."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def toggle_protect(self) -> None:
        self._workspace.protect = not self._workspace.protect

    def reshape(self, how: str) -> None:
        """One of `RESHAPES`."""
        workspace = self._workspace
        if workspace.bench is not None:
            workspace.bench.edit.masks.reshape(
                workspace.frame, self._chosen(), how, protect=workspace.protect
            )

    def copy(self, direction: int) -> None:
        """From the nearest key frame of the object before (-1) or after (1) this one."""
        workspace = self._workspace
        document = workspace.document
        if workspace.bench is None or document is None:
            return
        chosen, here = self._chosen(), workspace.frame
        keys = [f for f in document.reference_frames(chosen) if (f - here) * direction > 0]
        if not keys:
            name = document.objects[chosen].name
            before = tr("{name} has no key frame before this one.")
            after = tr("{name} has no key frame after this one.")
            raise RequestError((before if direction < 0 else after).format(name=name))
        source = min(keys, key=lambda frame: abs(frame - here))
        workspace.bench.edit.masks.copy(here, source, chosen, protect=workspace.protect)

    def mark_absent(self) -> None:
        workspace = self._workspace
        if workspace.bench is not None:
            workspace.bench.edit.masks.mark_absent(workspace.frame, self._chosen())

    def toggle_occluded(self) -> None:
        workspace = self._workspace
        if workspace.bench is not None:
            workspace.bench.edit.masks.toggle_occluded(workspace.frame, self._chosen())

    def is_occluded(self) -> bool:
        """Whether the chosen object is marked as occluded on the shown frame."""
        document = self._workspace.document
        at = self._workspace.frame, self._workspace.object_id
        return document is not None and document.cell(*at).occluded

    def clear(self) -> None:
        """Forget the object's mask on this frame."""
        workspace = self._workspace
        if workspace.bench is not None:
            workspace.bench.edit.clear_mask(workspace.frame, self._chosen())

    def _chosen(self) -> int:
        document = self._workspace.document
        if document is None or self._workspace.object_id not in document.objects:
            raise RequestError(
                tr("No object is chosen."), tr("Choose one in the list, or add one.")
            )
        return self._workspace.object_id
