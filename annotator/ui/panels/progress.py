"""The bar that says how far a job is."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar


class ProgressBar(QProgressBar):
    """A progress bar that is painted when its turn comes.

    Qt's own paints on every new value, at once, and with it all else in the window that is due: the
    turn that takes a run's result would last as long as painting the whole window.
    """

    def tell(self, done: int, total: int) -> None:
        """Show `done` of `total`; 0 of 0 shows that something is going on."""
        if (done, total) == (self.value(), self.maximum()):
            return
        self.setUpdatesEnabled(False)
        self.setRange(0, total)
        self.setValue(done)
        self.setUpdatesEnabled(True)
