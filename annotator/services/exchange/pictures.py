"""What a folder of pictures has in common, without a project: their sizes may differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotator.backends.registry import BackendRegistry
from annotator.core.errors import RequestError
from annotator.core.options import resolve_options
from annotator.jobs.base import Job, Runner
from annotator.services.runs.equipment import Equipment
from annotator.services.runs.requests import Gear
from annotator.services.runs.runs import Setup

TASK = "annotator.services.exchange.picture_tasks:cosaliency"


@dataclass(frozen=True, slots=True)
class PicturesTask:
    """Order to write NAME.png into `out` for every picture of `folder`."""

    folder: str
    out: str
    gear: Gear


@dataclass(frozen=True, slots=True)
class PicturesReport:
    """What was made: number of maps, and where they are."""

    pictures: int
    out: Path


class PictureService:
    """Runs on folders of pictures.

    Args:
        equipment: tells what a run works with, given the folder.
    """

    def __init__(
        self, runner: Runner, registry: BackendRegistry, equipment: Callable[[Path], Equipment]
    ) -> None:
        self._runner = runner
        self._registry = registry
        self._equipment = equipment

    def cosaliency(
        self,
        folder: Path,
        out: Path,
        setup: Setup = Setup(),  # noqa: B008 - frozen
        *,
        on_report: Callable[[PicturesReport], None],
        on_end: Callable[[Job], None],
    ) -> Job:
        """Write grey maps of what the pictures have in common, as saliency sets keep them.

        Raises RequestError before anything starts.
        """
        if out.resolve() == folder.resolve():
            raise RequestError(
                "The maps would be written over the pictures.", "Choose another folder for them."
            )
        equipment = self._equipment(out)
        card = self._registry.resolve("cosaliency", setup.backend, equipment.usable)
        runtime = equipment.runtime(card, setup.device, setup.flow)
        options = resolve_options(card.options, setup.options)
        gear = Gear(card.factories["cosaliency"], options, runtime)
        return self._runner.submit(
            "Co-saliency",
            TASK,
            PicturesTask(str(folder), str(out), gear),
            on_result=on_report,
            on_end=on_end,
        )
