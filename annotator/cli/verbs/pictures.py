"""`cosaliency`: maps of what a folder of pictures has in common."""

from __future__ import annotations

from pathlib import Path

from annotator.app import Application
from annotator.cli.output import Progress, print_json, tick
from annotator.jobs.base import finish
from annotator.services.exchange.pictures import PicturesReport
from annotator.services.runs.runs import Setup


def cosaliency(folder: Path, out: Path, setup: Setup, as_json: bool) -> None:
    application = Application(inline=True)
    made: list[PicturesReport] = []
    try:
        job = application.pictures.cosaliency(
            folder, out, setup, on_report=made.append, on_end=lambda _job: None
        )
        finish(application.runner, job, tick(Progress("cosaliency")))
    finally:
        application.close()
    if as_json:
        print_json({"pictures": made[0].pictures, "out": str(made[0].out)})
    else:
        print(f"Wrote {made[0].pictures} maps to {made[0].out}.")
