"""The weights on this machine: what there is and where it is from; fetch, import, remove."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.services.models.weights import ModelState
from annotator.ui.i18n import tr
from annotator.ui.panels.fields import resize_within
from annotator.ui.panels.progress import ProgressBar
from annotator.ui.runs.jobs import JobEntry
from annotator.ui.words.phrases import localized
from annotator.ui.words.words import bytes_text
from annotator.ui.workspace import Workspace

_REFRESH_MS = 200


class ModelCardRow(QFrame):
    """One model: what it is, its state, and what can be done with it."""

    def __init__(self, manager: ModelManager, state: ModelState) -> None:
        super().__init__()
        self.setObjectName("card")
        self.state = state
        self.entry: JobEntry | None = None
        card = state.card
        self.about = QLabel(_about(state))
        self.about.setWordWrap(True)
        self.about.setOpenExternalLinks(True)
        self.about.setAccessibleName(card.title)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.bar = ProgressBar()
        self.bar.setAccessibleName(tr("Progress: {what}").format(what=card.title))
        self.fetch = self._button(tr("Fetch"), tr("Download and check it."))
        self.import_ = self._button(tr("Import …"), tr("Take it from a checkpoint file."))
        self.verify = self._button(tr("Verify"), tr("Check its sum and that the network loads it."))
        self.remove = self._button(tr("Remove"), tr("Delete the file from this machine."))
        self.cancel = self._button(tr("Cancel"), tr("Stop; what has arrived is used next time."))
        self.fetch.clicked.connect(partial(manager.fetch, self))
        self.import_.clicked.connect(partial(manager.ask_file, self))
        self.verify.clicked.connect(partial(manager.verify, self))
        self.remove.clicked.connect(partial(manager.remove, self))
        self.cancel.clicked.connect(partial(manager.cancel, self))
        buttons = QHBoxLayout()
        for button in (self.fetch, self.import_, self.verify, self.remove, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        for widget in (self.about, self.words, self.bar):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.refresh()

    def _button(self, text: str, about: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(about)
        button.setAccessibleName(f"{text} {self.state.card.title}")
        return button

    @property
    def busy(self) -> bool:
        return self.entry is not None and not self.entry.over

    def _words(self) -> str:
        if self.entry is None:
            return _words(self.state)
        told = self.entry.words()
        return told if self.busy else f"{_words(self.state)} {self.entry.title}: {told}"

    def show_state(self, state: ModelState) -> None:
        self.state = state
        self.refresh()

    def refresh(self) -> None:
        state, busy = self.state, self.busy
        self.words.setText(self._words())
        self.bar.setVisible(busy)
        job = None if self.entry is None else self.entry.job
        if job is not None:
            self.bar.tell(job.done, job.total)
        there = state.path is not None
        self.fetch.setVisible(not busy and not state.installed and bool(state.card.url))
        self.import_.setVisible(not busy and (not state.installed or state.shipped))
        self.verify.setVisible(not busy and there)
        self.remove.setVisible(not busy and there and not state.shipped)
        self.cancel.setVisible(busy)


class ModelManager(QDialog):
    """All models of the catalogue. Orders run as jobs; the window goes on."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.service = workspace.host.models
        self.setWindowTitle(tr("Models"))
        resize_within(self, 640, 620)
        lead = QLabel(
            tr(
                "Weights of the published methods, and of our own where there are any. None is "
                "needed: the embedded methods do the whole job without."
            )
        )
        lead.setWordWrap(True)
        self.rows = [ModelCardRow(self, state) for state in self.service.list()]
        inside = QWidget()
        cards = QVBoxLayout(inside)
        for row in self.rows:
            cards.addWidget(row)
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("Models"))
        self.commercial = QCheckBox(tr("Leave out weights for non-commercial use only"))
        self.commercial.setToolTip(
            tr("Runs then use other weights, or methods that need none. It holds for all projects.")
        )
        self.commercial.setChecked(self.service.folders.commercial_only)
        self.commercial.toggled.connect(self._choose_terms)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(lead)
        column.addWidget(area, 1)
        column.addWidget(self.commercial)
        column.addWidget(buttons)
        self._clock = QTimer(self)
        self._clock.setInterval(_REFRESH_MS)
        self._clock.timeout.connect(self._advance)
        self._clock.start()

    @property
    def has_orders(self) -> bool:
        """Whether it tells how an order goes or went."""
        return any(row.entry is not None for row in self.rows)

    def showEvent(self, event: QShowEvent) -> None:
        for row in self.rows:  # files may have come or gone meanwhile
            self._over(row)
        super().showEvent(event)

    def _choose_terms(self, on: bool) -> None:
        if self.workspace.attempt(lambda: self.service.folders.set_commercial_only(on)):
            for row in self.rows:
                self._over(row)

    def fetch(self, row: ModelCardRow) -> None:
        """Download and store it."""
        title = tr("Fetch {what}").format(what=row.state.card.title)
        submit = partial(self.service.fetch, row.state.card.id)
        self._order(row, self.workspace.exchange.model(
            title, submit, partial(self._over, row), download=True,
        ))  # fmt: skip

    def ask_file(self, row: ModelCardRow) -> None:
        """Import it from a file that the person chooses."""
        name, _ = QFileDialog.getOpenFileName(
            self,
            tr("Checkpoint of {what}").format(what=row.state.card.title),
            "",
            tr("Checkpoints (*.pth *.pt *.ckpt *.tar *.safetensors);;All files (*)"),
        )
        if name:
            self.import_file(row, Path(name))

    def import_file(self, row: ModelCardRow, file: Path) -> None:
        title = tr("Import {what}").format(what=row.state.card.title)
        submit = partial(self.service.import_file, file, row.state.card.id)
        self._order(row, self.workspace.exchange.model(
            title, submit, partial(self._over, row), download=False,
        ))  # fmt: skip

    def verify(self, row: ModelCardRow) -> None:
        """Check what is stored."""
        title = tr("Verify {what}").format(what=row.state.card.title)
        submit = partial(self.service.verify, row.state.card.id)
        self._order(row, self.workspace.exchange.model(
            title, submit, partial(self._over, row), download=False,
        ))  # fmt: skip

    def remove(self, row: ModelCardRow) -> None:
        """Delete what is stored; it can be fetched again."""
        if self.workspace.attempt(lambda: self.service.remove(row.state.card.id)):
            row.entry = None
            self._over(row)

    def cancel(self, row: ModelCardRow) -> None:
        if row.entry is not None:
            self.workspace.jobs.cancel(row.entry)

    def _order(self, row: ModelCardRow, entry: JobEntry | None) -> None:
        row.entry = entry
        row.refresh()

    def _over(self, row: ModelCardRow) -> None:
        row.show_state(self.service.state(row.state.card))

    def _advance(self) -> None:
        for row in self.rows:
            if row.entry is not None:
                row.refresh()


def _about(state: ModelState) -> str:
    card = state.card
    link = card.page or card.origin
    origin = f"<a href='{escape(link)}'>{escape(link)}</a>" if "://" in link else escape(link)
    facts = [
        tr("Method: {method}").format(method=escape(card.method)),
        tr("Licence: {licence}").format(licence=escape(localized(card.licence))),
        tr("From: {origin}").format(origin=origin),
    ]
    title, about = escape(localized(card.title)), escape(localized(card.about))
    return f"<b>{title}</b><br>{about}<br>" + " &nbsp; ".join(facts)


def _words(state: ModelState) -> str:
    if state.trouble:
        return tr("Cannot be used: {why}").format(why=localized(state.trouble))
    if state.path is None:
        by_hand = tr("Not here. It has to be downloaded by hand, then imported.")
        return tr("Not here.") if state.card.url else by_hand
    if state.shipped:
        words = tr("Comes with Strokeflow, {size}. Licence of these weights: {licence}.")
        return words.format(size=bytes_text(state.size), licence=state.licence or "?")
    added = tr("Here since {date}, {size}.")
    return added.format(date=state.added[:10] or "?", size=bytes_text(state.size))
