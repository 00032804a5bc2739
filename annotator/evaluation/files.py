"""Results of `eval` and `simulate` as files: JSON for programs, Markdown and plots for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.evaluation import charts
from annotator.evaluation.evaluate import Report
from annotator.evaluation.outcome import Simulation
from annotator.evaluation.saliency import SaliencyReport
from annotator.evaluation.scores import mean

RESULT, REPORT = "result.json", "report.md"
OVER_TIME, EFFORT = "j_over_time.svg", "effort.svg"

_ROUND = ("auc_rounds", "auc_seconds", "j_at_60s")


def summary(simulations: Mapping[str, Simulation]) -> dict[str, Any]:
    """Every sequence, and the means over them."""
    whole = list(simulations.values())
    means = {name: mean([getattr(s, name) for s in whole]) for name in ("J", "F", "JF", *_ROUND)}
    means |= {name: mean([s.saliency.get(name) for s in whole]) for name in _measures(whole)}
    pace = mean([s.frames_per_second for s in whole])
    return {
        "mean": {**means, "frames_per_second": pace},
        "sequences": {name: s.to_json() for name, s in simulations.items()},
    }


def _measures(simulations: Iterable[Simulation]) -> tuple[str, ...]:
    """Those of maps; a clip of which every frame was given has none."""
    return tuple(dict.fromkeys(name for s in simulations for name in s.saliency))


def write_simulation(out: Path, simulations: Mapping[str, Simulation]) -> None:
    """`RESULT`, `REPORT`, `OVER_TIME`, and with a robot `EFFORT`, in `out`."""
    _write_json(out, summary(simulations))
    first = next(iter(simulations.values()))
    title = f"{first.protocol} by {first.backend}"
    more = _measures(simulations.values())
    rows: list[tuple[object, ...]] = [
        (name, s.J, s.F, s.JF, *map(s.saliency.get, more), f"{s.frames_per_second:.2f}")
        for name, s in simulations.items()
    ]
    means = summary(simulations)["mean"]
    pace = f"{means['frames_per_second'] or 0:.2f}"
    rows.append(("**mean**", *(means[name] for name in ("J", "F", "JF", *more)), pace))
    head = ("sequence", "J", "F", "J&F", *more, "frames/s")
    text = [f"# {title}", "", *_table(head, rows), ""]
    text += [f"![J over time]({OVER_TIME})", ""]
    charts.draw(
        out / OVER_TIME,
        f"J, {title}",
        "frame",
        {n: [(f.frame, f.J) for f in s.per_frame if not f.given] for n, s in simulations.items()},
    )
    if first.rounds:
        text += _rounds(out, title, simulations)
    (out / REPORT).write_text("\n".join(text), encoding="utf-8")


def _rounds(out: Path, title: str, simulations: Mapping[str, Simulation]) -> list[str]:
    effort: dict[str, list[tuple[float, float]]] = {}
    for name, simulation in simulations.items():
        strokes = 0
        points = effort.setdefault(name, [])
        for turn in simulation.rounds:
            strokes += turn.strokes
            points.append((strokes, turn.J))
    charts.draw(out / EFFORT, f"Effort against quality, {title}", "strokes drawn", effort)
    rows = [
        (name, sum(r.strokes for r in s.rounds), s.auc_rounds, s.auc_seconds, s.j_at_60s)
        for name, s in simulations.items()
    ]
    head = ("sequence", "strokes", "AUC over rounds", "AUC over seconds", "J after 60 s")
    return [*_table(head, rows), "", f"![Effort against quality]({EFFORT})", ""]


def write_evaluation(out: Path, masks: Report | None, maps: SaliencyReport | None) -> None:
    """`RESULT`, `REPORT`, and for masks `OVER_TIME`, in `out`."""
    facts = masks.to_json() if masks else {}
    if maps:
        facts["saliency"] = maps.to_json()
    _write_json(out, facts)
    text = ["# Evaluation", ""]
    if masks:
        rows: list[Sequence[object]] = [(s.sequence, s.J, s.F, s.JF) for s in masks.sequences]
        rows.append(("**mean over objects**", masks.J, masks.F, masks.JF))
        text += [*_table(("sequence", "J", "F", "J&F"), rows), ""]
        curves = {
            f"{s.sequence} {o.object_id}" if len(s.objects) > 1 else s.sequence: [
                (float(n), f.J) for n, f in enumerate(o.frames) if f.J is not None
            ]
            for s in masks.sequences
            for o in s.objects
        }
        if any(curves.values()):
            charts.draw(out / OVER_TIME, "J over time", "labelled frame", curves)
            text += [f"![J over time]({OVER_TIME})", ""]
    if maps:
        names = tuple(maps.overall)
        found = {**maps.sequences, "**all images**": maps.overall}
        lines = [(name, *(values[n] for n in names)) for name, values in found.items()]
        text += [*_table(("sequence", *names), lines), ""]
    (out / REPORT).write_text("\n".join(text), encoding="utf-8")


def _write_json(out: Path, facts: Mapping[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, default=str, indent=1)
    (out / RESULT).write_text(text + "\n", encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(map(_cell, row))} |" for row in rows]


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
