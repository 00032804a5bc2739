"""`import` and `export`: labels in and out of a project."""

from __future__ import annotations

import sys
from pathlib import Path

from annotator.app import Workbench
from annotator.cli.output import (
    Progress,
    clip_range,
    parse_ids,
    parse_options,
    print_json,
    print_table,
    tick,
)
from annotator.cli.verbs.project import opened, warn_of_damage
from annotator.core.errors import RequestError
from annotator.core.options import Value
from annotator.io.formats.base import ExportReport
from annotator.jobs.base import finish
from annotator.services.exchange.mapping import Incoming, conflicts, read_wishes, resolve
from annotator.services.exchange.transfer import ImportRun


def import_labels(
    project: Path,
    format_id: str,
    src: Path,
    frames: str | None,
    every: int | None,
    asked: range | None,
    options: list[str] | None,
    wishes: list[str] | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    place = opened(project)
    with place as bench:
        warn_of_damage(bench)
        n_frames = bench.document.n_frames
        wanted = _selection(frames, every, clip_range(asked, n_frames), n_frames)
        given, service = parse_options(options), bench.transfer
        mapping = _mapping(place, bench, format_id, src, wanted, given, wishes)
        run: ImportRun = service.import_labels(
            format_id, src, wanted, on_end=lambda _: None, options=given, mapping=mapping,
            overwrite=overwrite,
        )  # fmt: skip
        finish(place.application.runner, run.job, tick(Progress("Import")))
        bench.session.flush()
        for note in run.notes:
            print(f"strokeflow: warning: {note}", file=sys.stderr)
        facts = {
            "frames": run.frames,
            "strokes": run.strokes,
            "kept_cells": [list(cell) for cell in run.kept],
            "replaced_cells": [list(cell) for cell in run.replaced],
            "objects": sorted(bench.document.objects),
            "notes": run.notes,
        }
    if as_json:
        print_json(facts)
        return
    print(f"Imported {run.frames} frames and {run.strokes} strokes from {src}.")
    if run.replaced:
        print(f"{len(run.replaced)} cells made by hand or imported were replaced; undo helps.")
    if run.kept:
        print(f"{len(run.kept)} cells made by hand, imported or locked were left as they are.")


def planned_mapping(
    project: Path,
    format_id: str,
    src: Path,
    selection: tuple[str | None, int | None, range | None],
    options: list[str] | None,
    wishes: list[str] | None,
) -> dict[int, int]:
    """Which ids objects would come in under, see `services.mapping.resolve`; `selection` is what
    `import_labels` takes for `frames`, `every` and `asked`. Raises StrokeflowError."""
    place = opened(project, writable=False)
    with place as bench:
        frames, every, asked = selection
        n_frames = bench.document.n_frames
        wanted = _selection(frames, every, clip_range(asked, n_frames), n_frames)
        given = parse_options(options)
        return _mapping(place, bench, format_id, src, wanted, given, wishes)


def _mapping(
    place: opened,
    bench: Workbench,
    format_id: str,
    src: Path,
    wanted: frozenset[int] | None,
    given: dict[str, Value],
    wishes: list[str] | None,
) -> dict[int, int]:
    if not wishes:
        return {}
    found = _looked_at(place, bench, format_id, src, wanted, given)
    chosen = read_wishes({k: str(v) for k, v in parse_options(wishes).items()}, found)
    return resolve(chosen, found, bench.document)


def look(
    project: Path,
    format_id: str,
    src: Path,
    options: list[str] | None,
    wishes: list[str] | None,
    as_json: bool,
) -> None:
    place = opened(project, writable=False)
    with place as bench:
        found = _looked_at(place, bench, format_id, src, None, parse_options(options))
        chosen = read_wishes({k: str(v) for k, v in parse_options(wishes).items()}, found)
        mapping = resolve(chosen, found, bench.document)
        clashes = conflicts(found, mapping, bench.document)
    rows = [
        {
            "id": item.id,
            "name": item.name,
            "category": item.info.category if item.info else "",
            "frames": len(item.frames),
            "pixels": item.pixels,
            "strokes": item.strokes,
            "becomes": mapping[item.id],
        }
        for item in found
    ]
    if as_json:
        print_json({"objects": rows, "conflicts": [list(cell) for cell in clashes]})
        return
    columns = ("id", "name", "frames", "pixels", "becomes")
    print_table(columns, [[row[name] for name in columns] for row in rows])
    if clashes:
        places = ", ".join(f"frame {f} object {o}" for f, o in clashes[:10])
        more = f" and {len(clashes) - 10} more" if len(clashes) > 10 else ""
        print(f"Made by hand, imported or locked already: {places}{more}.")
        print("They stay as they are, unless you import with --overwrite.")


def _looked_at(
    place: opened,
    bench: Workbench,
    format_id: str,
    src: Path,
    frames: frozenset[int] | None,
    options: dict[str, Value],
) -> tuple[Incoming, ...]:
    found: list[Incoming] = []
    job = bench.transfer.look(
        format_id, src, frames, on_found=found.extend, on_end=lambda _: None, options=options
    )
    finish(place.application.runner, job, tick(Progress("Look")))
    return tuple(found)


def _selection(
    frames: str | None, every: int | None, asked: range | None, n_frames: int
) -> frozenset[int] | None:
    check_selection(frames, every, asked)
    if every is not None:
        # The last frame closes the last span, so that there is something to fill between.
        return frozenset({*range(0, n_frames, every), n_frames - 1})
    if asked is not None:
        return frozenset(asked)
    ids = parse_ids(frames, "frames")
    if ids is None:
        return None
    outside = [f for f in ids if not 0 <= f < n_frames]
    if outside:
        raise RequestError(f"There is no frame {outside[0]}.", f"The clip has 0:{n_frames}.")
    return frozenset(ids)


def check_selection(frames: str | None, every: int | None, asked: range | None) -> None:
    """Raises RequestError for what is wrong in any clip."""
    if sum(choice is not None for choice in (frames, every, asked)) > 1:
        raise RequestError("--frames, --every and --range exclude each other.")
    if every is not None and every < 1:
        raise RequestError("--every needs a number from 1.")


def export_labels(
    project: Path,
    format_id: str,
    out: Path,
    frames: range | None,
    options: list[str] | None,
    as_json: bool,
) -> None:
    place = opened(project, writable=False)
    reports: list[ExportReport] = []
    with place as bench:
        service = bench.transfer
        job = service.export(
            format_id,
            out,
            clip_range(frames, bench.document.n_frames),
            on_report=reports.append,
            on_end=lambda _: None,
            options=parse_options(options),
        )
        progress = Progress(f"Export {format_id}")
        finish(place.application.runner, job, tick(progress))
    report = reports[0]
    if as_json:
        paths = [str(path) for path in report.paths]
        print_json(
            {"format": format_id, "frames": report.frames, "paths": paths, "notes": report.notes}
        )
        return
    print(f"Exported {report.frames} frames to {report.paths[0]}.")
    for note in report.notes:
        print(f"  {note}")
