"""`dataset`: many projects into one data set."""

from __future__ import annotations

from pathlib import Path

from annotator.cli.jobs import carried_out
from annotator.cli.output import print_json, print_table
from annotator.core.errors import RequestError
from annotator.services.exchange.dataset import TASK, DatasetOrder
from annotator.services.exchange.dataset_report import DatasetReport
from annotator.services.project.projects import named_project, projects_within


def dataset(order: DatasetOrder, as_json: bool) -> None:
    report: DatasetReport = carried_out("Data set", TASK, order)
    if as_json:
        print_json({"out": report.out, **report.to_json()})
        return
    print(f"Made {report.out}: {report.frames} frames of {len(report.clips)} clips.")
    rows = [
        (split, len(clips), sum(c.frames for c in clips), sum(sum(c.masks.values()) for c in clips))
        for split, clips in report.splits().items()
    ]
    print_table(("split", "clips", "frames", "masks"), rows)
    for finding in report.findings:
        print(f"  {finding}")


def projects_in(places: list[Path]) -> tuple[str, ...]:
    """Projects as they are, and those that lie in folders. Raises RequestError."""
    found: list[Path] = []
    for place in places:
        found += projects_within(place) or [named_project(place)]
    if not found:
        raise RequestError("No project was named.", "Name projects, or a folder that holds some.")
    return tuple(str(place) for place in found)


def parse_assigned(given: list[str] | None) -> dict[str, str]:
    """CLIP=SPLIT, several times. Raises RequestError."""
    assigned = {}
    for text in given or []:
        clip, equals, split = text.rpartition("=")
        if not equals:
            raise RequestError(f"'{text}' assigns no clip.", "Write --assign CLIP=SPLIT.")
        assigned[clip] = split
    return assigned
