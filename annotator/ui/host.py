"""What the window needs of the application around it; the composition root fulfils it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from annotator.backends.registry import BackendRegistry
from annotator.core.document import Document
from annotator.jobs.base import Runner
from annotator.services.editing.cleaning import CleaningService
from annotator.services.editing.edit import EditService
from annotator.services.exchange.pictures import PictureService
from annotator.services.exchange.transfer import TransferService
from annotator.services.models.weights import ModelService
from annotator.services.project.projects import OpenProject
from annotator.services.project.session import Session
from annotator.services.runs.inference import InferenceService
from annotator.services.runs.matching import MatchingService


class Bench(Protocol):
    """An open project with its services (`annotator.app.Workbench`)."""

    project: OpenProject
    session: Session
    document: Document
    edit: EditService

    @property
    def inference(self) -> InferenceService: ...

    @property
    def transfer(self) -> TransferService: ...

    @property
    def cleaning(self) -> CleaningService: ...

    @property
    def matching(self) -> MatchingService: ...

    def media_moved(self) -> None: ...

    def close(self) -> None: ...


class Host(Protocol):
    """What the composition root gives to the window (`annotator.app.Application`)."""

    registry: BackendRegistry
    runner: Runner

    @property
    def models(self) -> ModelService: ...

    @property
    def pictures(self) -> PictureService: ...

    def open(self, path: Path, *, writable: bool = True, need_media: bool = True) -> Bench: ...

    def close(self) -> None: ...
