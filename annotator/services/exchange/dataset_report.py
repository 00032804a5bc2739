"""What a data set says about itself: README.md for people, dataset.json for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

import annotator
from annotator.backends.cards import default_registry
from annotator.io.formats import registry
from annotator.io.formats.layouts import Layout
from annotator.io.weights import (
    WeightFolders,
    data_folder,
    licence_of,
    non_commercial,
    shipped_weights,
)
from annotator.services.exchange.dataset import DatasetOrder
from annotator.services.exchange.dataset_clip import ClipFacts

FACTS = "dataset.json"
README = "README.md"
LIST = "files.txt"
_FORMAT = "strokeflow-dataset"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class DatasetClip:
    """A clip and the split it is in."""

    facts: ClipFacts
    split: str


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """What a data set holds, and what its maker should know.

    Attributes:
        clips: those that are in it.
        skipped: those that are not, with the reason.
        classes: in the order of their numbers.
        findings: sentences on what may be wrong.
    """

    out: str
    format: str
    clips: tuple[DatasetClip, ...]
    skipped: Mapping[str, str]
    classes: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def frames(self) -> int:
        return sum(clip.facts.frames for clip in self.clips)

    def splits(self) -> dict[str, list[ClipFacts]]:
        """The clips of each split that has any."""
        found: dict[str, list[ClipFacts]] = {}
        for clip in self.clips:
            found.setdefault(clip.split, []).append(clip.facts)
        return found

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "format": self.format,
            "classes": list(self.classes),
            "frames": self.frames,
            "splits": {
                split: {
                    "clips": [facts.name for facts in clips],
                    "frames": sum(facts.frames for facts in clips),
                    "masks": dict(_sum(facts.masks for facts in clips)),
                    "objects": dict(_sum(facts.objects for facts in clips)),
                }
                for split, clips in self.splits().items()
            },
            "skipped": dict(self.skipped),
            "findings": list(self.findings),
        }


def report_of(
    order: DatasetOrder,
    facts: Sequence[ClipFacts],
    split_of: Mapping[str, str],
    classes: Sequence[str],
    skipped: Mapping[str, str],
) -> DatasetReport:
    """The report of a data set of these clips."""
    clips = tuple(
        DatasetClip(clip, split_of[clip.name])
        for name, _ in order.splits
        for clip in facts
        if split_of[clip.name] == name
    )
    made = DatasetReport(order.out, order.format, clips, skipped, tuple(classes), ())
    findings = tuple(_findings(order, made))
    return DatasetReport(order.out, order.format, clips, skipped, tuple(classes), findings)


def is_dataset(folder: Path) -> bool:
    """True if the folder is a data set made here."""
    try:
        return _FORMAT in (folder / FACTS).read_text("utf-8")[:4096]
    except (OSError, UnicodeDecodeError):
        return False


def write_report(root: Path, report: DatasetReport, order: DatasetOrder, layout: Layout) -> None:
    """README.md and dataset.json."""
    choices = asdict(order)
    del choices["projects"], choices["out"]
    document = {
        "type": _FORMAT,
        "version": _VERSION,
        "made_by": f"Strokeflow {annotator.__version__}",
        **report.to_json(),
        "choices": choices,
        "clips": [
            {"split": clip.split, **msgspec.to_builtins(clip.facts)} for clip in report.clips
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (root / FACTS).write_text(text, "utf-8")
    (root / README).write_text(_readme(report, order, layout), "utf-8")


def _findings(order: DatasetOrder, report: DatasetReport) -> list[str]:
    told = [f"{name} was left out: {why}." for name, why in report.skipped.items()]
    splits = report.splits()
    told += [f"The split {name} has no clip." for name, _ in order.splits if name not in splits]
    whole = _sum(clip.facts.masks for clip in report.clips)
    for name in report.classes:
        if not whole[name]:
            told.append(f"No mask of the class {name} was taken.")
            continue
        lacking = [s for s, clips in splits.items() if not any(c.masks.get(name) for c in clips)]
        told += [f"The split {split} has no mask of the class {name}." for split in lacking]
    media = Counter(clip.facts.fingerprint for clip in report.clips)
    for fingerprint, count in media.items():
        if count > 1:
            twins = [c.facts.name for c in report.clips if c.facts.fingerprint == fingerprint]
            told.append(f"{', '.join(twins)} show the same video; they share a split.")
    for clip in report.clips:
        facts = clip.facts
        told += [f"{facts.name}: {note}" for note in facts.notes]
        if facts.unusable:
            told.append(f"{facts.name}: {facts.unusable} frames have masks that are too uncertain.")
        if facts.voided:
            told.append(f"{facts.name}: {facts.voided} masks became void.")
        if facts.tiny:
            told.append(f"{facts.name}: {facts.tiny} masks are smaller than 16 pixels.")
        if facts.unseen:
            told.append(f"{facts.name}: no frame taken shows {', '.join(facts.unseen)}.")
    return told


def _readme(report: DatasetReport, order: DatasetOrder, layout: Layout) -> str:
    card = registry.card(order.format)
    lines = [
        f"# Data set of {len(report.clips)} clips",
        "",
        f"{report.frames} frames in the format {card.title} (`{card.id}`), made by Strokeflow "
        f"{annotator.__version__}.",
        "",
        "## What is where",
        "",
        f"- {layout.structure}"
        if order.images != "none"
        else f"- {layout.structure} (no pictures)",
        "- frames/CLIP.json: the frame map: index, time and name of each frame, its files, who "
        "made each mask, and the fingerprint of the video",
        f"- {FACTS}: all counts and choices, for programs; {LIST}: the names of all files",
        "",
        "## Counts",
        "",
        *_table(
            ("split", "clips", "frames", "objects", "masks"),
            [
                (
                    split,
                    len(clips),
                    sum(c.frames for c in clips),
                    _sum(c.objects for c in clips).total(),
                    _sum(c.masks for c in clips).total(),
                )
                for split, clips in report.splits().items()
            ],
        ),
        "",
        *_table(("class", *report.splits()), _class_rows(report)),
        "",
        *_table(("made by", "masks"), sorted(_sum(c.facts.made_by for c in report.clips).items())),
        "",
        *_table(
            ("clip", "split", "size", "frames", "of", "empty", "read back"),
            [
                (
                    c.facts.name,
                    c.split,
                    "x".join(map(str, c.facts.size)),
                    c.facts.frames,
                    c.facts.frames_of_clip,
                    c.facts.empty,
                    c.facts.check,
                )
                for c in report.clips
            ],
        ),
        "",
        "## How it was chosen",
        "",
        *_choices(order),
        "",
        "## Check",
        "",
        *(f"- {finding}" for finding in report.findings or ("Nothing was found.",)),
    ]
    if not card.lossless:
        lines.append(f"- The format leaves out: {card.loses}.")
    licence = order.licence.strip() or (
        "Not stated. Pictures and labels may be used as the rights of their owners allow; ask the "
        "one who made this data set."
    )
    return "\n".join([*lines, "", "## Licence", "", licence, *_terms(report), ""])


def _terms(report: DatasetReport) -> list[str]:
    """What the licences of weights say about masks that were made with them."""
    made_by = _sum(clip.facts.made_by for clip in report.clips)
    weights = WeightFolders(data_folder() / "models", shipped_weights())
    told = []
    for card in default_registry().cards():
        count = made_by[f"model:{card.id}"]
        found = weights.files(card.model) if count and card.model else []
        licence = licence_of(found[0]) if found else ""
        if non_commercial(licence):
            told += [
                "",
                f"{count} masks were made by the backend `{card.id}`, whose weights were trained "
                f"on data for non-commercial use ({licence}).",
            ]
    return told


def _choices(order: DatasetOrder) -> list[str]:
    shares = ", ".join(f"{name} {share:g}" for name, share in order.splits)
    told = [
        f"- splits by clip: {shares} (seed {order.seed}); clips of one video share a split",
        f"- classes: {', '.join(order.classes) or 'all'}",
        *(["- projects: only those that are marked done"] if order.done else []),
        f"- masks: {'only accepted ones' if order.accepted else 'also those of models'}, estimated "
        f"quality at least {order.min_quality:g}",
        "- a frame with a mask that is not good enough is left out"
        if order.unsure == "skip"
        else "- a mask that is not good enough is void",
        f"- of the usable frames of a clip one in {order.every}",
        f"- pictures: {order.images}",
    ]
    given = [f"{name}={value}" for name, value in order.options.items()]
    return [*told, f"- options of the format: {', '.join(given) or 'the usual ones'}"]


def _class_rows(report: DatasetReport) -> list[tuple[object, ...]]:
    totals = [_sum(c.masks for c in clips) for clips in report.splits().values()]
    return [(name, *(total[name] for total in totals)) for name in report.classes]


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def _sum(counts: Any) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total
