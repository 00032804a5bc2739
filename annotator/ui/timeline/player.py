"""Playback true to the clip's own times: late frames are skipped, not slowed down."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.ui.workspace import Workspace


class Player(QObject):
    """Advances the workspace's frame by the clock.

    Signals:
        playingChanged(bool)
    """

    playingChanged = Signal(bool)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._timer = QTimer(self)
        self._timer.setInterval(8)
        self._timer.timeout.connect(self._tick)
        self._began = 0.0
        self._from = 0.0
        self._moving = False
        self.loop = False
        """Begin again at the end."""
        self._speed = 1.0
        workspace.projectChanged.connect(self.stop)
        workspace.frameChanged.connect(self._went)

    @property
    def speed(self) -> float:
        """1 is the clip's own."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed != self._speed:
            self._speed = speed
            if self.playing:
                self._count_from_here()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def toggle(self) -> None:
        if self.playing:
            self.stop()
        else:
            self.start()

    def start(self) -> None:
        """Play from the current frame; from the first one at the end of the clip."""
        reader = self.workspace.reader
        if reader is None:
            return
        if self.workspace.frame >= self.workspace.n_frames - 1:
            self.workspace.go_to(0)
        reader.set_direction(1)
        self._count_from_here()
        self._timer.start()
        self.playingChanged.emit(True)

    def _count_from_here(self) -> None:
        reader = self.workspace.reader
        assert reader is not None
        self._from = reader.media.pts(self.workspace.frame)
        self._began = time.perf_counter()

    def _went(self, _frame: int) -> None:
        """The person went elsewhere while it plays: it goes on from there."""
        if self.playing and not self._moving:
            self._count_from_here()

    def stop(self) -> None:
        if not self.playing:
            return
        self._timer.stop()
        if self.workspace.reader is not None:
            self.workspace.reader.infer_direction()
        self.playingChanged.emit(False)

    def _tick(self) -> None:
        reader = self.workspace.reader
        if reader is None:
            self.stop()
            return
        passed = (time.perf_counter() - self._began) * self._speed
        due = reader.media.frame_at(self._from + passed)
        self._moving = True
        self.workspace.go_to(max(due, self.workspace.frame))
        self._moving = False
        if self.workspace.frame < self.workspace.n_frames - 1:
            return
        if self.loop and self.workspace.n_frames > 1:
            self.workspace.go_to(0)
            self._count_from_here()
        else:
            self.stop()
