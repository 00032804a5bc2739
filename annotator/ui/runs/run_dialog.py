"""A run with everything one can choose: task, backend, frames, fit, and the options of its card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.backends.registry import BackendCard
from annotator.core.errors import RequestError
from annotator.io.weights import non_commercial
from annotator.services.models.catalogue import flow_ids
from annotator.services.runs.equipment import DEVICES
from annotator.services.runs.runs import Setup
from annotator.ui.i18n import QT_TR_NOOP, tr
from annotator.ui.runs.option_form import OptionForm
from annotator.ui.words.phrases import localized
from annotator.ui.workspace import Workspace

_TASKS = {
    "saliency": QT_TR_NOOP("Masks from scribbles, or of what is salient"),
    "interpolate": QT_TR_NOOP("Fill between key frames"),
    "propagate": QT_TR_NOOP("Propagate"),
    "cosaliency": QT_TR_NOOP("Find the common object"),
}
_DIRECTIONS = {
    "both": QT_TR_NOOP("Both ways"),
    "forward": QT_TR_NOOP("Forward"),
    "backward": QT_TR_NOOP("Backward"),
}
_MOST_STEPS = 100_000
_STEPS = 300


class RunDialog(QDialog):
    """Builds a request; the workspace starts the run."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assert workspace.bench is not None
        self.workspace = workspace
        self._inference = workspace.bench.inference
        self.setWindowTitle(tr("Run"))
        self.setMinimumWidth(480)
        self.task = self._choice(tr("Task"), {key: tr(text) for key, text in _TASKS.items()})
        self.backend = self._choice(tr("Backend"), {})
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.frames = QLineEdit(self._span())
        self.frames.setAccessibleName(tr("Frames"))
        self.frames.setPlaceholderText(tr("All. Or first:end, the end not included"))
        self.only_selected = QCheckBox(tr("Only the selected object"))
        self.direction = self._choice(
            tr("Direction"), {key: tr(text) for key, text in _DIRECTIONS.items()}
        )
        self.device = self._choice(tr("Device"), {name: name for name in DEVICES})
        self.device.setCurrentIndex(max(self.device.findData(workspace.device), 0))
        self.flow = self._choice(tr("Optical flow"), {name: name for name in flow_ids()})
        self._build()
        self.task.currentIndexChanged.connect(self._list_backends)
        self.backend.currentIndexChanged.connect(self._show_backend)
        self.fit.toggled.connect(self._show_state)
        self._list_backends()

    # -- building

    def _choice(self, name: str, items: dict[str, str]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for key, text in items.items():
            box.addItem(text, key)
        return box

    def _build(self) -> None:
        self.form = QFormLayout()
        self.form.addRow(tr("Task"), self.task)
        self.form.addRow(tr("Backend"), self.backend)
        self.form.addRow(self.about)
        self.form.addRow(tr("Frames"), self.frames)
        self.form.addRow(self.only_selected)
        self.form.addRow(tr("Direction"), self.direction)
        self.form.addRow(tr("Device"), self.device)
        self.form.addRow(tr("Optical flow"), self.flow)
        self.fit = QGroupBox(tr("Learn from this project first"))
        self.fit.setCheckable(True)
        self.fit.setChecked(False)
        self.fit.setToolTip(
            tr(
                "Fits the network on the scribbles and masks of this project. Cancelling keeps "
                "the best so far; what was learnt stays with the project."
            )
        )
        self.steps = QSpinBox()
        self.steps.setRange(1, _MOST_STEPS)
        self.steps.setValue(_STEPS)
        self.steps.setAccessibleName(tr("Steps of the fit"))
        self.seconds = QSpinBox()
        self.seconds.setRange(0, 86_400)
        self.seconds.setSpecialValueText(tr("none"))
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName(tr("Time limit of the fit"))
        inner = QFormLayout(self.fit)
        inner.addRow(tr("Steps"), self.steps)
        inner.addRow(tr("Time limit"), self.seconds)
        self.options = OptionForm(tr("Options of this backend"))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok: QPushButton = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Run"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(self.form)
        column.addWidget(self.fit)
        column.addWidget(self.options)
        column.addWidget(buttons)

    def _span(self) -> str:
        span = self.workspace.span
        return "" if span is None else f"{span.start}:{span.stop}"

    # -- following the choices

    @property
    def card(self) -> BackendCard | None:
        """The chosen backend; None = the best that can run."""
        chosen: BackendCard | None = self.backend.currentData()
        return chosen

    def _list_backends(self) -> None:
        task = self.task.currentData()
        self.backend.blockSignals(True)
        self.backend.clear()
        self.backend.addItem(tr("The best that can run"), None)
        for card in self._inference.registry.cards():
            if task in card.tasks:
                self.backend.addItem(localized(card.title), card)
        self.backend.blockSignals(False)
        self.form.setRowVisible(self.direction, task == "propagate")
        self._show_backend()

    def _show_backend(self) -> None:
        card = self.card
        self.form.setRowVisible(self.flow, card is not None and card.flow)
        self.form.setRowVisible(self.device, card is not None and len(card.devices) > 1)
        self.fit.setVisible(card is not None and card.fits)
        if card is None or not card.fits:
            self.fit.setChecked(False)
        elif self._inference.equipment.missing(card):
            self.fit.setChecked(True)
        self.options.show_options(() if card is None else card.options)
        self._show_state()
        self.adjustSize()

    def _show_state(self) -> None:
        """What the backend is, what it lacks and what a frame cost; Run only where it can."""
        card = self.card or self._best()
        if card is None:
            self.about.setText(tr("No backend can do this yet. Fetch a model, or fit one."))
            self.ok.setEnabled(False)
            return
        equipment = self._inference.equipment
        missing = equipment.missing(card)
        curable = self.fit.isChecked() and card.fits and not card.missing_libraries
        self.ok.setEnabled(not missing or curable)
        speed = equipment.speeds.look_up(card.id, self.task.currentData())
        title, summary = localized(card.title), localized(card.summary)
        lines = [f"<b>{title}</b>. {summary}", f"{card.origin}. {localized(card.licence)}."]
        if non_commercial(equipment.terms_of(card)):
            lines.append(tr("Its weights are for non-commercial use only; see Models."))
        lines.append(
            tr("Cost: not measured here yet.")
            if speed is None
            else tr("Cost: {speed}.").format(speed=speed)
        )
        if missing and not curable:
            refusal = tr("It cannot run: {reason}.").format(reason=localized(missing))
            lines.append(f"<b>{refusal}</b>")
        self.about.setText("<br>".join(lines))

    def _best(self) -> BackendCard | None:
        try:
            return self._inference.registry.resolve(
                self.task.currentData(), None, self._inference.equipment.usable
            )
        except RequestError:
            return None

    # -- the request

    def order(self) -> tuple[str, dict[str, object]]:
        """Task and request for `Workspace.run`. Raises RequestError for a bad range."""
        task, card = self.task.currentData(), self.card
        setup = Setup(
            backend=None if card is None else card.id,
            device="auto" if card is None or len(card.devices) == 1 else self.device.currentData(),
            flow=self.flow.currentData() if card is not None and card.flow else None,
            options=self.options.values(),
            fit_steps=self.steps.value() if self.fit.isChecked() else 0,
            fit_seconds=float(self.seconds.value()) if self.fit.isChecked() else 0.0,
        )
        asked: dict[str, object] = {"setup": setup, "frames": self._range()}
        if self.only_selected.isChecked():
            asked["objects"] = [self.workspace.object_id]
        if task == "propagate":
            asked["direction"] = self.direction.currentData()
        return task, asked

    def _range(self) -> range | None:
        text = self.frames.text().strip()
        if not text:
            return None
        first, colon, last = text.partition(":")
        try:
            if not colon:
                return range(int(first), int(first) + 1)
            document = self.workspace.document
            stop = int(last) if last else (0 if document is None else document.n_frames)
            return range(int(first or 0), stop)
        except ValueError:
            raise RequestError(
                tr("'{text}' is no range of frames.").format(text=text),
                tr("Write first:end, for example 0:100; empty means all."),
            ) from None

    def _start(self) -> None:
        def begin() -> None:
            task, asked = self.order()
            self.workspace.run(task, **asked)
            self.accept()

        self.workspace.attempt(begin)
