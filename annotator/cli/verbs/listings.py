"""`formats`, `backends`, `models`: what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from annotator.app import Application
from annotator.backends.registry import BackendCard
from annotator.cli.output import print_json, print_table
from annotator.io.formats import registry as format_registry
from annotator.io.formats.base import FormatCard
from annotator.services.runs.equipment import Equipment


def formats(as_json: bool) -> None:
    cards = format_registry.cards()
    if as_json:
        troubles = dict(format_registry.plugin_troubles())
        print_json({"formats": [asdict(card) for card in cards], "not_loaded": troubles})
        return
    rows = [
        (
            card.id,
            " + ".join(
                word for word, can in (("in", card.can_import), ("out", card.can_export)) if can
            ),
            _keeps(card),
            card.title,
        )
        for card in cards
    ]
    print_table(("format", "way", "keeps", "what it is"), rows)
    _print_troubles(format_registry.plugin_troubles())


def _keeps(card: FormatCard) -> str:
    if card.lossless:
        return "lossless"
    if card.least_iou is None:
        return f"loses {card.loses}"
    return f"loses {card.loses}; IoU {card.least_iou:g} or more"


def _print_troubles(troubles: Mapping[str, str]) -> None:
    for name, reason in troubles.items():
        print(f"The plug-in {name} could not be loaded: {reason}")


def backends(project: Path | None, as_json: bool) -> None:
    application = Application(inline=True)
    try:
        equipment = application.equipment(project)
        cards = application.registry.cards()
        missing = {card.id: equipment.missing(card) for card in cards}
        speeds = {card.id: _speeds(equipment, card) for card in cards}
        troubles = dict(application.registry.troubles)
    finally:
        application.close()
    if as_json:
        facts = [
            {
                **asdict(card),
                "factories": dict(card.factories),
                "tasks": card.tasks,
                "needs": card.needs,
                "fits": card.fits,
                "missing": missing[card.id],
                "seconds_per_frame": speeds[card.id],
            }
            for card in cards
        ]
        print_json({"backends": facts, "not_loaded": troubles})
        return
    rows = [
        (
            card.id,
            ", ".join(card.tasks),
            missing[card.id] or "ready",
            "; ".join(f"{task} {speed}" for task, speed in speeds[card.id].items())
            or "not run yet",
            card.summary,
        )
        for card in cards
    ]
    print_table(("backend", "tasks", "state", "cost here", "what it is"), rows)
    _print_troubles(troubles)


def _speeds(equipment: Equipment, card: BackendCard) -> dict[str, str]:
    """What a frame cost in the last run of each task."""
    found = {task: equipment.speeds.look_up(card.id, task) for task in card.tasks}
    return {task: str(speed) for task, speed in found.items() if speed is not None}
