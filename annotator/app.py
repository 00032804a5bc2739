"""Composition root: the one file that names every concrete class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotator.backends.cards import default_registry
from annotator.backends.registry import BackendRegistry
from annotator.core.errors import RequestError
from annotator.io.media import MediaRef
from annotator.io.weights import WeightFolders, data_folder, shipped_weights
from annotator.jobs.base import Runner
from annotator.jobs.inline import InlineRunner
from annotator.jobs.process import ProcessRunner
from annotator.services.editing.cleaning import CleaningService
from annotator.services.editing.edit import EditService
from annotator.services.exchange.pictures import PictureService
from annotator.services.exchange.transfer import TransferService
from annotator.services.models.weights import ModelService
from annotator.services.project.projects import OpenProject, open_project
from annotator.services.runs.equipment import Equipment
from annotator.services.runs.inference import InferenceService
from annotator.services.runs.matching import MatchingService
from annotator.services.runs.speeds import SpeedBook
from annotator.services.runs.tasks import open_media


class Application:
    """What the window and the command line share: the backends and the runner of jobs.

    Args:
        inline: run jobs in this process (the command line does; the window never).
        on_message: see `ProcessRunner`.
    """

    def __init__(self, *, inline: bool, on_message: Callable[[], None] | None = None) -> None:
        self.registry: BackendRegistry = default_registry()
        self.runner: Runner = InlineRunner() if inline else ProcessRunner(on_message)
        self.weights = WeightFolders(data_folder() / "models", shipped_weights())

    def equipment(self, project: Path | None) -> Equipment:
        """What runs of a project can work with, or of none."""
        return Equipment(self.weights, project, SpeedBook(data_folder() / "speeds.json"))

    @property
    def models(self) -> ModelService:
        """Weights on this machine."""
        return ModelService(self.weights, self.runner)

    @property
    def pictures(self) -> PictureService:
        """Runs on folders of pictures, which need no project."""
        return PictureService(self.runner, self.registry, self.equipment)

    def open(self, path: Path, *, writable: bool = True, need_media: bool = True) -> Workbench:
        """Open a project with its services. Raises StrokeflowError."""
        return Workbench(open_project(path, writable=writable, need_media=need_media), self)

    def close(self) -> None:
        """End the runner; media that inline jobs kept open are closed."""
        self.runner.close()
        open_media.close()


class Workbench:
    """An open project and everything one can do with it."""

    def __init__(self, project: OpenProject, application: Application) -> None:
        self.project = project
        self.session = project.session
        self.document = project.session.document
        self.edit = EditService(project.session)
        self._application = application
        self._inference: InferenceService | None = None

    @property
    def inference(self) -> InferenceService:
        """Runs need the pictures. Raises RequestError while the media are missing."""
        if self.project.media is None:
            raise RequestError(
                "The media of this project are missing.", "Locate them, then run again."
            )
        if self._inference is None:
            self._inference = InferenceService(
                self.session,
                self._media_ref(),
                self._application.runner,
                self._application.registry,
                self._application.equipment(self.session.folder),
            )
        return self._inference

    @property
    def transfer(self) -> TransferService:
        """Import and export of labels."""
        return TransferService(self.session, self.project.media, self._application.runner)

    @property
    def cleaning(self) -> CleaningService:
        """Masks of many frames reshaped at once; needs no media."""
        return CleaningService(self.session, self._application.runner)

    @property
    def matching(self) -> MatchingService:
        """What a network matched with what. Raises RequestError while the media are missing."""
        if self.project.media is None:
            raise RequestError(
                "The media of this project are missing.", "Locate them, then run again."
            )
        return MatchingService(
            self.session,
            self._media_ref(),
            self._application.runner,
            self._application.registry,
            self._application.equipment(self.session.folder),
        )

    def media_moved(self) -> None:
        """The media were located: later runs use the new place."""
        self._inference = None

    def _media_ref(self) -> MediaRef:
        assert self.project.media is not None
        return self.project.media.ref

    def close(self) -> None:
        self.project.close()
