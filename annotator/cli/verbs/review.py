"""`review`: the worst frames, remarks, and the stage of a project."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app import Workbench
from annotator.cli.output import print_json, print_table, utc
from annotator.cli.verbs.project import describe, opened, stage_words
from annotator.core.document import Document
from annotator.core.review import Remark
from annotator.core.types import Provenance
from annotator.services.review import stages
from annotator.services.review.remarks import find_remarks


def worst(project: Path, count: int, as_json: bool) -> None:
    with opened(project, writable=False, need_media=False) as bench:
        rows = ranked(bench)[:count]
    if as_json:
        print_json({"frames": rows})
    elif not rows:
        print("No model masks to review.")
    else:
        print_table(
            ("frame", "quality", "object", "made by"),
            [(r["frame"], f"{r['quality']:.3f}", r["name"], r["provenance"]) for r in rows],
        )


def remarks(project: Path, only_open: bool, as_json: bool) -> None:
    with opened(project, writable=False, need_media=False) as bench:
        document = bench.document
        found = find_remarks(document, only_open=only_open)
    if as_json:
        print_json({"remarks": [_as_json(remark, document) for remark in found]})
    elif not found:
        print("There are no open remarks." if only_open else "There are no remarks.")
    for remark in [] if as_json else found:
        for line in _lines(remark, document):
            print(line)


def set_stage(project: Path, stage: str | None, assign: str | None, as_json: bool) -> None:
    with opened(project, need_media=False) as bench:
        stages.set_stage(bench.session, stage, assign)
        bench.session.flush()
        facts = describe(bench)
        left = stages.left_to_do(bench.document)
    if as_json:
        print_json({**facts, "left": asdict(left)})
    else:
        print(f"{facts['project']}: {stage_words(facts)}.")
        print(left.words())


def _as_json(remark: Remark, document: Document) -> dict[str, Any]:
    told = asdict(remark)
    for part in (told, *told["replies"]):
        part["time"] = utc(part["time"])
    resolved_at = utc(remark.resolved_at)
    return {**told, "resolved_at": resolved_at, "object": _object_name(remark, document)}


def _lines(remark: Remark, document: Document) -> list[str]:
    about = [f"#{remark.id}", f"frame {remark.frame}"]
    if remark.place is not None:
        about.append(f"at {remark.place[0]:.0f}, {remark.place[1]:.0f}")
    if name := _object_name(remark, document):
        about.append(name)
    about.append(f"{remark.author or 'somebody'}{_when(remark.time)}")
    if remark.resolved:
        about.append(f"resolved by {remark.resolved_by or 'somebody'}{_when(remark.resolved_at)}")
    lines = [", ".join(about), *(f"    {line}" for line in remark.text.splitlines())]
    for answer in remark.replies:
        lines.append(f"    {answer.author or 'somebody'}{_when(answer.time)}:")
        lines += [f"        {line}" for line in answer.text.splitlines()]
    return lines


def _when(seconds: float) -> str:
    return f" {utc(seconds)}" if seconds else ""


def _object_name(remark: Remark, document: Document) -> str:
    info = document.objects.get(remark.object_id)
    return "" if info is None else info.name


def ranked(bench: Workbench) -> list[dict[str, Any]]:
    """Model cells, the lowest estimated quality first, one per frame (its worst object)."""
    document = bench.document
    worst: dict[int, dict[str, Any]] = {}
    for object_id, info_ in document.objects.items():
        model = document.cells.provenance(object_id) == Provenance.MODEL
        quality = document.cells.quality(object_id)
        for frame in np.flatnonzero(model).tolist():
            value = 0.5 if np.isnan(quality[frame]) else float(quality[frame])
            if frame not in worst or value < worst[frame]["quality"]:
                worst[frame] = {
                    "frame": frame,
                    "quality": value,
                    "object": object_id,
                    "name": info_.name,
                    "provenance": document.cell(frame, object_id).label,
                }
    return sorted(worst.values(), key=lambda row: (row["quality"], row["frame"]))
