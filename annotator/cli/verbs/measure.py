"""`eval` and `simulate`: against a known truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotator.app import Application
from annotator.backends.base import Control, FillRequest, Runtime, ScribbleRequest
from annotator.backends.registry import BackendCard, BackendRegistry, create
from annotator.cli.output import Progress, print_json, print_table
from annotator.core.errors import RequestError
from annotator.core.options import resolve_options
from annotator.core.types import FrameReader, FrameResult
from annotator.evaluation.evaluate import evaluate as evaluate_folders
from annotator.evaluation.files import summary, write_evaluation, write_simulation
from annotator.evaluation.outcome import Simulation
from annotator.evaluation.saliency import METRICS as SALIENCY
from annotator.evaluation.saliency import evaluate_saliency
from annotator.evaluation.scores import METRICS as LABELS
from annotator.evaluation.simulate import Backends
from annotator.evaluation.simulate import simulate as play
from annotator.evaluation.truth import FolderTruth
from annotator.evaluation.unprompted import PROTOCOL, find
from annotator.io.atomic import disk_errors, make_folder
from annotator.io.media import CachedReader, open_media
from annotator.jobs.memory import returning
from annotator.services.runs.equipment import Equipment

_CACHE_BYTES = 256 << 20
_ALONE = ("cosaliency", "scan")
"""Abilities that need no work of a person; of a backend with both the latter is taken."""


def evaluate(
    pred: Path, gt: Path, metrics: str, inner: bool, out: Path | None, as_json: bool
) -> None:
    of_labels, of_maps = _chosen(metrics)
    facts: dict[str, object] = {}
    report = evaluate_folders(pred, gt, of_labels, inner) if of_labels else None
    maps = evaluate_saliency(pred, gt, of_maps) if of_maps else None
    if report:
        facts |= report.to_json()
    if maps:
        facts["saliency"] = maps.to_json()
    if out is not None:
        with disk_errors(out):
            write_evaluation(out, report, maps)
    if as_json:
        print_json(facts)
        return
    if report:
        rows = [
            (sequence.sequence, *map(_number, (sequence.J, sequence.F, sequence.JF)))
            for sequence in report.sequences
        ]
        rows.append(("mean over objects", *map(_number, (report.J, report.F, report.JF))))
        print_table(("sequence", "J", "F", "J&F"), rows)
    if maps:
        named = {**maps.sequences, "all images": maps.overall}
        print_table(
            ("sequence", *of_maps),
            [(name, *(_number(found[m]) for m in of_maps)) for name, found in named.items()],
        )


def _chosen(metrics: str) -> tuple[list[str], list[str]]:
    """Names of measures of label maps and of saliency maps. Raises RequestError."""
    names = [name.strip().lower() for name in metrics.split(",") if name.strip()]
    known = (*LABELS, *SALIENCY)
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise RequestError(
            f"There is no metric '{unknown[0]}'." if unknown else "No metric was asked for.",
            f"Choose from {', '.join(known)}.",
        )
    return [n for n in names if n in LABELS], [n for n in names if n in SALIENCY]


def simulate(
    media: Path,
    gt: Path,
    protocol: str,
    backend: str | None,
    flow: str | None,
    metrics: str,
    out: Path | None,
    as_json: bool,
) -> None:
    measures = _chosen(metrics)[1]
    if out is not None:
        # Before the work: hours later it would be too late to learn that nothing can be written.
        with disk_errors(out):
            make_folder(out)
    progress = Progress(f"simulate {protocol}")
    results = {
        name: simulated(frames, masks, protocol, backend, flow, measures)
        for name, frames, masks in _clips(media, gt)
    }
    first = next(iter(results.values()))
    progress.end(f"J {_number(summary(results)['mean']['J'])}")
    if out is not None:
        with disk_errors(out):
            write_simulation(out, results)
    if as_json:
        print_json(first.to_json() if len(results) == 1 else summary(results))
        return
    for name, result in results.items():
        if len(results) > 1:
            print(name)
        _print(result)
    if len(results) > 1:
        means = summary(results)["mean"]
        print(f"mean: J {_number(means['J'])}  F {_number(means['F'])}  J&F {_number(means['JF'])}")
        _print_measures(means)


def _clips(media: Path, gt: Path) -> list[tuple[str, Path, Path]]:
    """(name, frames, masks): one clip, or every `SEQUENCE/frames` of a folder with its masks."""
    if not media.is_dir():
        return [(media.stem, media, gt)]
    inside = sorted(p.parent for p in media.glob("*/frames") if p.is_dir())
    if not inside:
        return [(media.parent.name if media.name == "frames" else media.name, media, gt)]
    missing = [p.name for p in inside if not (gt / p.name / "masks").is_dir()]
    if missing:
        raise RequestError(
            f"{gt} holds no masks of '{missing[0]}'.", "They belong in SEQUENCE/masks there."
        )
    return [(p.name, p / "frames", gt / p.name / "masks") for p in inside]


def _print(result: Simulation) -> None:
    print(
        f"{result.protocol} by '{result.backend}': J {_number(result.J)}  F {_number(result.F)}  "
        f"J&F {_number(result.JF)}  ({result.frames} frames, "
        f"{result.frames_per_second:.2f} frames/s)"
    )
    _print_measures(result.saliency)
    if not result.rounds:
        return
    print_table(
        ("round", "frame", "J", "F", "strokes", "seconds"),
        [
            (r.round, r.frame, _number(r.J), _number(r.F), r.strokes, f"{r.seconds:.1f}")
            for r in result.rounds
        ],
    )
    print(f"mean over rounds: J {sum(r.J for r in result.rounds) / len(result.rounds):.3f}")
    print(
        f"J&F: area over rounds {_number(result.auc_rounds)}, over seconds "
        f"{_number(result.auc_seconds)}, after 60 s {_number(result.j_at_60s)}"
    )


def _print_measures(found: Mapping[str, Any]) -> None:
    measures = [f"{name} {_number(found[name])}" for name in SALIENCY if name in found]
    if measures:
        print("all objects as one: " + "  ".join(measures))


def simulated(
    media: Path,
    gt: Path,
    protocol: str,
    backend: str | None,
    flow: str | None = None,
    measures: Sequence[str] = (),
) -> Simulation:
    """Play a protocol on a clip with the backends that a run would take.

    A backend that can do only some of the tasks is helped out by the best one for the others.
    Raises RequestError where it needs weights that are not here.
    """
    with ExitStack() as stack:
        # What backends keep of a clip must serve no other one, whose frames have the same numbers.
        kept = Path(stack.enter_context(TemporaryDirectory(prefix="strokeflow-simulate-")))
        application = Application(inline=True)
        finder: _Geared | None = None
        try:
            equipment = application.equipment(kept)
            if protocol.strip() == PROTOCOL:
                finder = _finder(application.registry, equipment, backend, flow)
            else:
                backends = _annotator(application.registry, equipment, backend, flow)
        finally:
            application.close()
        opened = stack.enter_context(open_media(media))
        reader = stack.enter_context(CachedReader(opened, _CACHE_BYTES))
        truth = FolderTruth(gt, opened)
        if finder is not None:
            return find(reader, truth, finder, backend or "", _Quiet(), measures)
        return play(reader, truth, protocol, backends, _Quiet(), measures)


def _annotator(
    registry: BackendRegistry, equipment: Equipment, backend: str | None, flow: str | None
) -> Backends:
    made, names = [], []
    for task in ("saliency", "propagate", "interpolate"):
        card = registry.resolve(task, registry.helped(task, backend), equipment.usable)
        made.append(_geared(equipment, card, task, flow))
        names.append(card.id)
    return Backends("+".join(dict.fromkeys(names)), *made)


def _finder(
    registry: BackendRegistry, equipment: Equipment, backend: str | None, flow: str | None
) -> _Geared:
    by_id = {card.id: card for card in registry.cards()}
    able = {name: task for name, card in by_id.items() for task in _ALONE if task in card.factories}
    if backend not in able:
        raise RequestError(
            "The protocol 'none' needs a backend that finds objects by itself.",
            f"Choose one with --backend: {', '.join(able)}.",
        )
    return _geared(equipment, by_id[backend], able[backend], flow)


def _geared(equipment: Equipment, card: BackendCard, task: str, flow: str | None) -> _Geared:
    runtime = equipment.runtime(card, flow=flow if card.flow else None)
    return _Geared(create(card.factories[task]), resolve_options(card.options, {}), runtime)


class _Geared:
    """A backend that gets its options and weights with every request."""

    def __init__(self, backend: Any, options: Mapping[str, Any], runtime: Runtime) -> None:
        self._backend = backend
        self._options = options
        self._runtime = runtime

    def fill(
        self, reader: FrameReader, request: FillRequest, control: Control
    ) -> Iterator[FrameResult]:
        whole = replace(request, options=self._options, runtime=self._runtime)
        yield from returning(self._backend.fill(reader, whole, control))

    def segment(
        self, reader: FrameReader, request: ScribbleRequest, control: Control
    ) -> FrameResult:
        whole = replace(request, options=self._options, runtime=self._runtime)
        result: FrameResult = self._backend.segment(reader, whole, control)
        return result


class _Quiet:
    """A simulation is stopped by Ctrl+C; nobody else cancels it."""

    def checkpoint(self) -> None:
        """Nobody cancels."""

    def note(self, text: str) -> None:
        """Nobody reads along."""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
