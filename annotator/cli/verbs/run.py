"""`run`: let a backend fill frames."""

from __future__ import annotations

from pathlib import Path

from annotator.cli.output import Progress, clip_range, print_json, tick
from annotator.cli.verbs.project import opened
from annotator.core.errors import RequestError
from annotator.services.inference import Run, wait_for


def run(
    project: Path,
    task: str,
    backend: str | None,
    frames: range | None,
    direction: str,
    objects: list[int] | None,
    resume: bool,
    as_json: bool,
) -> None:
    place = opened(project)
    with place as bench:
        inference = bench.inference
        asked = clip_range(frames, bench.document.n_frames)
        if resume:
            found = [i for i in inference.interrupted() if i.record.task == task]
            if not found:
                raise RequestError(f"No '{task}' run of this project was interrupted.")
            started = inference.resume(found[-1])
        elif task == "saliency":
            started = inference.saliency(backend=backend, frames=asked, objects=objects)
        else:
            started = inference.fill(
                task, backend=backend, frames=asked, objects=objects, direction=direction
            )
        progress = Progress(f"{task} ({started.backend})")
        wait_for(place.application.runner, started, tick(progress))
        bench.session.flush()
        progress.end(f"{started.filled} frames")
        facts = _facts(started)
    if as_json:
        print_json(facts)
    else:
        print(
            f"{task}: {facts['filled']} of {facts['frames']} frames filled by backend "
            f"'{facts['backend']}' in {facts['seconds']:.1f} s."
        )


def _facts(done: Run) -> dict[str, object]:
    assert done.job is not None
    seconds = (done.job.ended or 0.0) - (done.job.started or 0.0)
    return {
        "task": done.task,
        "backend": done.backend,
        "frames": done.frames,
        "filled": done.filled,
        "seconds": round(seconds, 3),
        "frames_per_second": round(done.filled / seconds, 3) if seconds > 0 else None,
    }
