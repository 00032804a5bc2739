"""Icons in the colours of the theme. qtawesome is imported on first use: it takes longer to load
than the whole window, which is on the screen before."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon

GOOD, BAD = "#2fb873", "#f0524f"
"""Object and background, wherever a sign tells one from the other; readable on dark and light."""

_TURN_S = 0.008
_LIBRARIES = (
    "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "qtpy", "qtpy.QtCore", "qtpy.QtGui",
    "qtpy.QtWidgets", "qtawesome",
)  # fmt: skip
"""What importing qtawesome imports, in its order."""
_BADGES = {"+": ("mdi6.plus-circle", GOOD), "-": ("mdi6.minus-circle", BAD)}


class IconLoader(QObject):
    """Loads what `draw_icon` needs, in pieces between the events of the window's thread.

    Never on another thread: PySide makes its types when they are first used, qtawesome uses all of
    them, and two threads that make types at the same time end the process, or wait for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self.done = False
        """`draw_icon` takes no time any more."""
        self._pieces = _pieces()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Begin, or go on."""
        if not self.done:
            self._timer.start(0)

    def _go_on(self) -> None:
        until = time.monotonic() + _TURN_S
        while not self.done and time.monotonic() < until:
            self.done = next(self._pieces, True)
        if self.done:
            self._timer.stop()


def _pieces() -> Iterator[bool]:
    """A piece of work for each item, which is False; few take more than some milliseconds."""
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
            yield False
    for place in _LIBRARIES:
        with contextlib.suppress(ImportError):  # what qtawesome itself cannot do without is told
            importlib.import_module(place)
        yield False
    draw_icon("mdi6.pause", GOOD)  # reads the fonts
    yield False


def draw_icon(name: str, color: str, badge: str = "") -> QIcon:
    """An icon of qtawesome; `badge` "+" or "-" puts a coloured sign on its corner."""
    import qtawesome

    if not badge:
        return qtawesome.icon(name, color=color)
    sign, tint = _BADGES[badge]
    return qtawesome.icon(
        name,
        sign,
        options=[
            {"color": color, "scale_factor": 0.9, "offset": (-0.08, 0.08)},
            {"color": tint, "scale_factor": 0.75, "offset": (0.26, -0.24)},
        ],
    )
