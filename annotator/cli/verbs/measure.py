"""`eval` and `simulate`: against a known truth."""

from __future__ import annotations

from pathlib import Path

from annotator.backends.cards import default_registry
from annotator.backends.registry import create
from annotator.cli.output import Progress, print_json, print_table
from annotator.evaluation.evaluate import evaluate as evaluate_folders
from annotator.evaluation.simulate import Backends, Simulation
from annotator.evaluation.simulate import simulate as play
from annotator.evaluation.truth import FolderTruth
from annotator.io.media import CachedReader, open_media

_CACHE_BYTES = 256 << 20


def evaluate(pred: Path, gt: Path, metrics: str, as_json: bool) -> None:
    names = [name for name in metrics.split(",") if name.strip()]
    report = evaluate_folders(pred, gt, names)
    if as_json:
        print_json(report.to_json())
        return
    rows = [
        (sequence.sequence, *map(_number, (sequence.J, sequence.F, sequence.JF)))
        for sequence in report.sequences
    ]
    rows.append(("mean over objects", *map(_number, (report.J, report.F, report.JF))))
    print_table(("sequence", "J", "F", "J&F"), rows)


def simulate(media: Path, gt: Path, protocol: str, backend: str | None, as_json: bool) -> None:
    progress = Progress(f"simulate {protocol}")
    result = simulated(media, gt, protocol, backend)
    progress.end(f"J {_number(result.J)}")
    if as_json:
        print_json(result.to_json())
        return
    print(
        f"{result.protocol} by '{result.backend}': J {_number(result.J)}  F {_number(result.F)}  "
        f"J&F {_number(result.JF)}  ({result.frames} frames, "
        f"{result.frames_per_second:.2f} frames/s)"
    )
    if result.rounds:
        print_table(
            ("round", "frame", "J", "F", "strokes", "seconds"),
            [
                (r.round, r.frame, _number(r.J), _number(r.F), r.strokes, f"{r.seconds:.1f}")
                for r in result.rounds
            ],
        )
        print(f"mean over rounds: J {sum(r.J for r in result.rounds) / len(result.rounds):.3f}")


def simulated(media: Path, gt: Path, protocol: str, backend: str | None) -> Simulation:
    """Play a protocol on a clip with the backends that a run would take."""
    registry = default_registry()
    cards = {
        task: registry.resolve(task, backend) for task in ("saliency", "propagate", "interpolate")
    }
    names = list(dict.fromkeys(card.id for card in cards.values()))
    made = Backends(
        "+".join(names),
        *(create(card.factories[task]) for task, card in cards.items()),
    )
    with open_media(media) as opened, CachedReader(opened, _CACHE_BYTES) as reader:
        return play(reader, FolderTruth(gt, opened), protocol, made, _Quiet())


class _Quiet:
    """A simulation is stopped by Ctrl+C; nobody else cancels it."""

    def checkpoint(self) -> None:
        """Nobody cancels."""

    def note(self, text: str) -> None:
        """Nobody reads along."""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
