"""Ctrl+C in the terminal, and the system's wish that the program ends."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

_ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def closing_on_signals() -> Iterator[None]:
    """Meanwhile these signals close all windows, as their crosses do: what waits is written first.

    Python looks for signals between its own steps, and while the event loop rests there are none;
    so a signal wakes the loop through a socket. Elsewhere than on the main thread, where signals
    cannot be taken, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)

    def woken() -> None:
        with suppress(BlockingIOError):
            reading.recv(64)
        QApplication.closeAllWindows()

    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(woken)
    before = {number: signal.signal(number, lambda *_: None) for number in _ENDS}
    woken_before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
