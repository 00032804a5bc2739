"""`new`, `info`, `locate`, `embed`: projects as they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app import Application, Workbench
from annotator.cli.jobs import carried_out
from annotator.cli.output import print_json, utc
from annotator.cli.verbs.packing import tell_packed
from annotator.core.types import Provenance
from annotator.io.packed import is_packed
from annotator.io.store.unfinished import half_here
from annotator.services.project.embedding import TASK, embed_order
from annotator.services.project.projects import create_project, relocate_media
from annotator.services.review.stages import accepted_by


def new(project: Path, media: Path, as_json: bool) -> None:
    folder = create_project(project, media)
    with opened(folder, writable=False) as bench:
        facts = describe(bench)
        warn_of_damage(bench)
    if as_json:
        print_json(facts)
    else:
        print(f"Made {folder}: {facts['frames']} frames of {facts['width']}x{facts['height']}.")


def locate(project: Path, media: Path, as_json: bool) -> None:
    with opened(project, need_media=False) as bench:
        relocate_media(bench.project, media)
        facts = describe(bench)
    if as_json:
        print_json(facts)
    else:
        print(f"{facts['project']}: the media are at {facts['media']}.")


def embed(project: Path, as_json: bool) -> None:
    with (place := opened(project)) as bench:
        order = embed_order(bench.project)
        where: str = carried_out("Embed", TASK, order, place.application)
        relocate_media(bench.project, Path(where))
        facts = describe(bench)
    if as_json:
        print_json(facts)
    else:
        print(f"{facts['project']}: the media are in it, at {facts['media']}.")


def info(project: Path, as_json: bool) -> None:
    if is_packed(project):
        tell_packed(project, as_json)
        return
    with opened(project, writable=False, need_media=False) as bench:
        facts = describe(bench)
    if as_json:
        print_json(facts)
        return
    print(f"{facts['project']}")
    print(f"  media    {facts['media']}")
    if facts["media_problem"]:
        print(f"  missing  {facts['media_problem']}")
        print(f"           Put it back, or: strokeflow locate {facts['project']} --media PLACE")
    print(
        f"  frames   {facts['frames']} of {facts['width']}x{facts['height']}, "
        f"{facts['fps']:.3f} fps"
    )
    for note in facts["media_notes"]:
        print(f"  warning  {note}")
    print(f"  objects  {', '.join(o['name'] for o in facts['objects']) or 'none'}")
    cells = ", ".join(f"{n} {label}" for label, n in facts["cells"].items())
    print(f"  cells    {cells or 'none'}")
    if scribbled := facts["scribbled_frames"]:
        print(f"  strokes  on {len(scribbled)} {'frame' if len(scribbled) == 1 else 'frames'}")
    quality = facts["quality"]
    if quality is not None:
        print(f"  quality  mean {quality['mean']:.3f}, lowest {quality['min']:.3f} (estimated)")
    print(f"  stage    {stage_words(facts)}")
    remarks = facts["remarks"]
    if remarks["open"] + remarks["resolved"]:
        print(f"  remarks  {remarks['open']} open, {remarks['resolved']} resolved")
    for person, frames in facts["accepted_by"].items():
        print(f"  accepted {frames} frames by {person or 'somebody'}")
    if facts["interrupted_runs"]:
        print("  A run was interrupted; 'strokeflow run ... --resume' goes on from there.")


def stage_words(facts: dict[str, Any]) -> str:
    """The stage of `describe` in one line."""
    words = str(facts["stage"])
    if facts["assignee"]:
        words += f", assigned to {facts['assignee']}"
    if facts["stage_at"]:
        words += f" (by {facts['stage_by'] or 'somebody'}, {facts['stage_at']})"
    return words


def warn_of_damage(bench: Workbench) -> None:
    """Say on stderr what of the media is missing: labels for it have no frames to go to."""
    if bench.project.media is not None:
        for note in bench.project.media.notes:
            print(f"strokeflow: warning: {note}", file=sys.stderr)


class opened:  # noqa: N801 - reads as a sentence: with opened(project) as bench
    """A project open for the time of a `with` block, jobs run in this process."""

    def __init__(self, project: Path, *, writable: bool = True, need_media: bool = True) -> None:
        self._application = Application(inline=True)
        self._bench = self._application.open(project, writable=writable, need_media=need_media)
        if writable and self._bench.session.read_only:
            from annotator.core.errors import ProjectError

            reason = self._bench.session.store.read_only_reason
            self._bench.close()
            raise ProjectError(f"'{project}' cannot be changed now.", reason)
        store = self._bench.session.store
        for title in [] if writable else store.unfinished():
            print(f"strokeflow: warning: {half_here(title)}", file=sys.stderr)
        for cut_off in store.cut_off:
            print(f"strokeflow: warning: {cut_off.message}", file=sys.stderr)
            print(f"  {cut_off.hint}", file=sys.stderr)

    @property
    def application(self) -> Application:
        return self._application

    def __enter__(self) -> Workbench:
        return self._bench

    def __exit__(self, *_: object) -> None:
        try:
            self._application.close()
        finally:
            self._bench.close()


def describe(bench: Workbench) -> dict[str, Any]:
    """Facts about a project, ready for JSON."""
    session, document = bench.session, bench.document
    qualities = [
        document.cells.quality(o)[document.cells.provenance(o) == Provenance.MODEL]
        for o in document.objects
    ]
    known = np.concatenate(qualities) if qualities else np.zeros(0)
    known = known[~np.isnan(known)]
    return {
        "project": str(session.folder),
        "media": session.meta.media,
        "media_found": bench.project.media is not None,
        "media_problem": ""
        if bench.project.media_problem is None
        else bench.project.media_problem.message,
        "media_notes": [] if bench.project.media is None else list(bench.project.media.notes),
        "kind": session.meta.kind,
        "frames": document.n_frames,
        "width": document.size.width,
        "height": document.size.height,
        "fps": session.meta.fps,
        "fingerprint": session.meta.fingerprint,
        "objects": [
            {"id": o.id, "name": o.name, "category": o.category} for o in document.objects.values()
        ],
        "cells": document.cells.counts(),
        "scribbled_frames": document.stroke_frames(),
        "remarks": dict(zip(("open", "resolved"), document.remarks.counts(), strict=True)),
        "stage": document.stage.stage,
        "assignee": document.stage.assignee,
        "stage_by": document.stage.author,
        "stage_at": utc(document.stage.time),
        "accepted_by": accepted_by(session),
        "quality": {"mean": float(known.mean()), "min": float(known.min())} if len(known) else None,
        "undo_steps": sum(not s.undone for s in session.store.steps()),
        "interrupted_runs": len(session.store.open_runs()),
    }
