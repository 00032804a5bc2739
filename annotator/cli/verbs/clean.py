"""`clean`: masks of many frames reshaped."""

from __future__ import annotations

from pathlib import Path

from annotator.cli.output import Progress, clip_range, print_json, tick
from annotator.cli.verbs.project import opened
from annotator.services.editing.cleaning import Cleaning
from annotator.services.runs.runs import wait_for

__all__ = ["Cleaning", "clean"]


def clean(
    project: Path,
    cleaning: Cleaning,
    objects: list[int] | None,
    frames: range | None,
    drawn: bool,
    as_json: bool,
) -> None:
    with (place := opened(project, need_media=False)) as bench:
        asked = clip_range(frames, bench.document.n_frames)
        run = bench.cleaning.start(cleaning, frames=asked, objects=objects, drawn=drawn)
        progress = Progress("Clean up")
        wait_for(place.application.runner, run, tick(progress))
        bench.session.flush()
        progress.end(f"{run.filled} frames")
    assert run.job is not None
    seconds = (run.job.ended or 0.0) - (run.job.started or 0.0)
    if as_json:
        print_json(
            {
                "task": "clean",
                "frames": run.frames,
                "changed": run.filled,
                "seconds": round(seconds, 3),
            }
        )
    else:
        print(f"clean: {run.filled} of {run.frames} frames changed in {seconds:.1f} s.")
