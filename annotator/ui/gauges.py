"""Gauges in the status bar: memory of the window and of the worker, and the cache of frames."""

from __future__ import annotations

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from annotator.ui.i18n import tr
from annotator.ui.words.words import bytes_text
from annotator.ui.workspace import Workspace

_EVERY_MS = 2000


class Gauges(QLabel):
    """One line of figures, renewed every two seconds while it is seen."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._mine = psutil.Process()
        self.setAccessibleName(tr("Memory"))
        self._clock = QTimer(self)
        self._clock.setInterval(_EVERY_MS)
        self._clock.timeout.connect(self.refresh)
        self._clock.start()
        workspace.projectChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Measure and show."""
        workspace = self.workspace
        if workspace.bench is None or not self.isVisible():
            self.setText("")
            return
        window, worker = self._mine.memory_info().rss, self.worker_bytes()
        cache = 0 if workspace.reader is None else workspace.reader.cache.bytes
        share = cache / max(workspace.frame_cache_bytes, 1)
        self.setText(
            tr("Memory {total}   Cache {share}     ").format(
                total=bytes_text(window + worker), share=f"{share:.0%}"
            )
        )
        lines = [
            tr("Window: {size}").format(size=bytes_text(window)),
            tr("Worker: {size}").format(size=bytes_text(worker)) if worker else tr("No worker"),
            tr("Frames in memory: {used} of {room}").format(
                used=bytes_text(cache), room=bytes_text(workspace.frame_cache_bytes)
            ),
            tr("Device for runs: {device}").format(device=workspace.device),
        ]
        device = getattr(workspace.host.runner, "device_memory", None)
        if device is not None:
            used, total = map(bytes_text, device)
            lines.append(tr("Memory of the GPU: {used} of {room}").format(used=used, room=total))
        self.setToolTip("\n".join(lines))

    def worker_bytes(self) -> int:
        """Resident memory of the worker process, 0 while there is none."""
        pid = getattr(self.workspace.host.runner, "pid", None)
        if pid is None:
            return 0
        try:
            return int(psutil.Process(pid).memory_info().rss)
        except psutil.Error:
            return 0  # it has just ended
