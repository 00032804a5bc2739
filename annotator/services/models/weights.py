"""Weights on this machine: list, fetch, import, verify, remove. The heavy part runs as jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.core.errors import DiskError, RequestError
from annotator.io.atomic import disk_errors
from annotator.io.weights import LICENCE, WeightFolders, read_weights
from annotator.jobs.base import Job, Runner
from annotator.services.models.catalogue import FLOW_PREFIX, ModelCard, find_model, published_models

_TASKS = "annotator.services.models.model_tasks"


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and what lies here of it.

    Attributes:
        card: from the catalogue.
        path: the stored file, or None.
        size: of the file in bytes.
        source: the file or address it came from.
        added: ISO date.
        trouble: why the file cannot be used; "" if nothing is known against it.
        shipped: it came with the application, and cannot be removed.
        licence: of the weights that lie here, where their file says it.
    """

    card: ModelCard
    path: Path | None = None
    size: int = 0
    source: str = ""
    added: str = ""
    trouble: str = ""
    shipped: bool = False
    licence: str = ""

    @property
    def installed(self) -> bool:
        return self.path is not None and not self.trouble


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Order to turn a checkpoint file into a stored model."""

    model: str
    file: str
    out: str
    source: str


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """Order to download a published checkpoint and store it; `partial` keeps what has arrived."""

    model: str
    url: str
    sha256: str
    partial: str
    out: str


@dataclass(frozen=True, slots=True)
class VerifyOrder:
    """Order to check a stored model against its sum and its network."""

    model: str
    file: str


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What became of an order: numbers in the model, and what was noticed."""

    model: str
    path: str
    parameters: int
    notes: tuple[str, ...] = ()


class ModelService:
    """The models of this user; jobs go to the runner."""

    def __init__(self, folders: WeightFolders, runner: Runner) -> None:
        self.folders = folders
        self._runner = runner

    def list(self) -> list[ModelState]:
        """Everything in the catalogue, and the flow networks that are installed."""
        states = [self.state(card) for card in published_models().values()]
        for path in sorted(self.folders.user.glob("ptlflow-*.safetensors")):
            state = self._stored_flow(path)
            if state is not None:
                states.append(state)
        return states

    def state(self, card: ModelCard) -> ModelState:
        """What lies here of a model."""
        path = self.folders.find(card.id)
        if path is None:
            return ModelState(card)
        try:
            stored = read_weights(path)
        except (RequestError, DiskError) as error:
            return ModelState(card, path, trouble=str(error))
        told = stored.metadata
        return ModelState(
            card,
            path,
            path.stat().st_size,
            told.get("source", ""),
            told.get("added", ""),
            shipped=self.folders.ships(path),
            licence=told.get(LICENCE, ""),
        )

    def _stored_flow(self, path: Path) -> ModelState | None:
        try:
            return self.state(find_model(read_weights(path).metadata.get("model", "")))
        except (RequestError, DiskError):
            return None  # not ours, or of a ptlflow that knew another network

    def fetch(
        self, model: str, on_end: Callable[[Job], None], on_result: Callable[[Any], None]
    ) -> Job:
        """Download and store a model. Raises RequestError where it cannot be downloaded."""
        card = find_model(model)
        if not card.url:
            hint = f"Make one with 'strokeflow train {card.id}' and import it."
            if card.page.startswith("http"):
                hint = f"Get it by hand from {card.page} and import the file."
            raise RequestError(f"'{card.id}' has no address to download from.", hint)
        order = FetchOrder(
            card.id,
            card.url,
            card.sha256,
            str(self.folders.user / "downloads" / self.folders.stored(card.id).stem),
            str(self.folders.stored(card.id)),
        )
        return self._submit(f"Fetch {card.title}", "fetch", order, on_end, on_result)

    def import_file(
        self,
        file: Path,
        model: str,
        on_end: Callable[[Job], None],
        on_result: Callable[[Any], None],
    ) -> Job:
        """Store a checkpoint file as a model. Raises RequestError where there is no such file."""
        card = find_model(model)
        if not file.is_file():
            raise RequestError(f"There is no file {file}.", "Give the path of a checkpoint.")
        order = ImportOrder(
            card.id, str(file.resolve()), str(self.folders.stored(card.id)), str(file.resolve())
        )
        return self._submit(f"Import {card.title}", "import_model", order, on_end, on_result)

    def verify(
        self, model: str, on_end: Callable[[Job], None], on_result: Callable[[Any], None]
    ) -> Job:
        """Check a stored model. Raises RequestError where it is not here."""
        card, path = self._installed(model)
        return self._submit(
            f"Verify {card.title}", "verify", VerifyOrder(card.id, str(path)), on_end, on_result
        )

    def remove(self, model: str) -> Path:
        """Delete the stored file of a model. Raises RequestError, DiskError."""
        card, path = self._installed(model)
        if self.folders.ships(path):
            raise RequestError(
                f"The weights of '{card.id}' come with Strokeflow and cannot be removed.",
                "Name another backend, or import weights of your own: those come first.",
            )
        with disk_errors(path):
            path.unlink()
        return path

    def _installed(self, model: str) -> tuple[ModelCard, Path]:
        card = find_model(model)
        path = self.folders.find(card.id)
        if path is None:
            raise RequestError(
                f"'{card.id}' is not on this machine.", "'strokeflow models list' shows what is."
            )
        return card, path

    def _submit(
        self,
        title: str,
        task: str,
        order: object,
        on_end: Callable[[Job], None],
        on_result: Callable[[Any], None],
    ) -> Job:
        return self._runner.submit(
            title, f"{_TASKS}:{task}", order, on_result=on_result, on_end=on_end
        )


def is_flow(model: str) -> bool:
    """True for the id of a flow network."""
    return model.startswith(FLOW_PREFIX)
