"""The report as one HTML file: no script, nothing from elsewhere, plots as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from annotator.services.report import STATES, ObjectFacts, ReportFacts

WIDTH = 900
_WORDS = {
    "none": "no mask",
    "model": "model",
    "imported": "imported",
    "corrected": "corrected or accepted",
    "human": "drawn",
}
_REVIEW = {
    "open": "left to review",
    "sure": "sure",
    "empty": "without a mask",
    "locked": "with a lock",
    "notes": "with a note",
}

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --muted: #6b7280; --page: #ffffff;
  --line: #d8dbe0; --none: #e3e5e8; --model: #56a0e9; --imported: #9678d2; --corrected: #00a070;
  --human: #e0a400; --good: #2a9d5c; --bad: #d64545; --plot: #1a6fe0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --muted: #9aa1ab; --page: #1b1d21;
  --line: #3a3f47; --none: #33373d; --plot: #6ea8fe; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 940px; margin: 2em auto; padding: 0 1em; }
h1 { margin-bottom: 0; } h2 { margin-top: 2em; font-size: 1.15em; }
.muted { color: var(--muted); } svg { width: 100%; height: auto; display: block; }
table { border-collapse: collapse; width: 100%; } td, th { padding: 4px 10px; text-align: right;
  border-bottom: 1px solid var(--line); } td:first-child, th:first-child { text-align: left; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 1em 0; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; min-width: 110px; }
.tile b { display: block; font-size: 1.5em; } .swatch { display: inline-block; width: .8em;
  height: .8em; border-radius: 2px; margin-right: .4em; }
text { fill: var(--muted); font-size: 12px; }
"""


def render(facts: ReportFacts) -> str:
    """The page; its length depends on the number of objects, not of frames."""
    parts = [_head(facts), _effort(facts), _provenance(facts), _quality(facts), _truth(facts)]
    body = "\n".join(part for part in parts if part)
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(facts.project)} - Strokeflow report</title><style>{_STYLE}</style></head>"
        f"<body>\n{body}\n</body></html>\n"
    )


# -- sections


def _head(facts: ReportFacts) -> str:
    size = f"{facts.frames} frames of {facts.width} × {facts.height}"
    tiles = [(str(facts.review[key]), f"frames {word}") for key, word in _REVIEW.items()]
    if facts.J is not None and facts.F is not None:
        tiles.insert(0, (f"{(facts.J + facts.F) / 2:.3f}", "mean J&F"))
    return (
        f"<h1>{escape(facts.project)}</h1><p class='muted'>{escape(facts.media)}, {size}</p>"
        + _tiles(tiles)
    )


def _effort(facts: ReportFacts) -> str:
    total = facts.effort
    share = 100 * total.frames / facts.frames
    tiles = [
        (_time(total.seconds), "of active work"),
        (str(total.clicks), "clicks"),
        (str(total.strokes), "strokes"),
        (str(total.commands), "commands"),
        (str(total.frames), f"frames touched ({share:.1f} %)"),
    ]
    rows = [
        [
            _named(entry), str(entry.effort.clicks), str(entry.effort.strokes),
            _time(entry.effort.seconds), str(entry.effort.frames), _pace(entry),
        ]
        for entry in facts.objects
    ]  # fmt: skip
    head = ["Object", "Clicks", "Strokes", "Time", "Frames touched", "Time per mask"]
    plot = _bars(facts.seconds, facts.edges, max(facts.seconds, default=0), "var(--plot)", _time)
    return (
        "<h2>Effort</h2>" + _tiles(tiles) + _table(head, rows)
        + "<p class='muted'>Active work by frame</p>" + plot
    )  # fmt: skip


def _provenance(facts: ReportFacts) -> str:
    legend = " &nbsp; ".join(
        f"<span class='swatch' style='background:var(--{s})'></span>{_WORDS[s]}" for s in STATES
    )
    head = ["Object", *(_WORDS[s] for s in STATES)]
    rows = [[_named(e), *(str(e.frames[s]) for s in STATES)] for e in facts.objects]
    strips = "".join(
        f"<p class='muted'>{escape(entry.name)}</p>{_strip(entry.states, facts.edges)}"
        for entry in facts.objects
    )
    return f"<h2>Who made which mask</h2><p>{legend}</p>{strips}{_table(head, rows)}"


def _quality(facts: ReportFacts) -> str:
    if all(value is None for value in facts.quality):
        return ""
    values = [0.0 if v is None else max(v, 0.02) for v in facts.quality]
    plot = _bars(values, facts.edges, 1.0, "var(--good)", lambda v: f"{v:.2f}")
    return (
        "<h2>Estimated quality</h2><p class='muted'>The lowest estimate among the model's masks, "
        f"by frame; where nothing stands, no model's mask is left.</p>{plot}"
    )


def _truth(facts: ReportFacts) -> str:
    if facts.J is None or facts.F is None:
        return ""
    rows = [
        [_named(e), _number(e.J), _number(e.F), _number(None if e.J is None else _mean(e.J, e.F))]
        for e in facts.objects
    ]
    rows.append(["All", _number(facts.J), _number(facts.F), _number(_mean(facts.J, facts.F))])
    states = [
        [_WORDS[name], f"{value:.3f}", str(count)]
        for name, (value, count) in facts.by_state.items()
    ]
    values = [0.0 if pair is None else max(_mean(*pair), 0.02) for pair in facts.scores]
    plot = _bars(values, facts.edges, 1.0, "var(--plot)", lambda v: f"{v:.2f}")
    return (
        f"<h2>Against the truth</h2><p class='muted'>{facts.truth_frames} frames of "
        f"{escape(facts.truth)}; J and F as DAVIS defines them.</p>"
        + _table(["Object", "J", "F", "J&amp;F"], rows)
        + f"<p class='muted'>J&amp;F by frame</p>{plot}"
        + _table(["Masks", "J&amp;F", "Number"], states)
    )


# -- pieces


def _tiles(tiles: Iterable[tuple[str, str]]) -> str:
    inner = "".join(f"<div class='tile'><b>{n}</b>{escape(word)}</div>" for n, word in tiles)
    return f"<div class='tiles'>{inner}</div>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"


def _named(entry: ObjectFacts) -> str:
    red, green, blue = entry.color
    swatch = f"<span class='swatch' style='background:rgb({red},{green},{blue})'></span>"
    return swatch + escape(entry.name)


def _strip(states: Sequence[int], edges: Sequence[int]) -> str:
    """One row of colours, neighbours of one colour as one rectangle."""
    width, at, parts = WIDTH / max(len(states), 1), 0, []
    for state, group in groupby(states):
        count = len(list(group))
        title = f"frames {edges[at]} to {edges[at + count] - 1}: {_WORDS[STATES[state]]}"
        parts.append(
            f"<rect x='{at * width:.2f}' width='{count * width:.2f}' height='22' "
            f"fill='var(--{STATES[state]})'><title>{title}</title></rect>"
        )
        at += count
    return _svg("".join(parts), 22, edges)


def _bars(values: Sequence[float], edges: Sequence[int], top: float, fill: str, say) -> str:  # type: ignore[no-untyped-def]
    """A column per value, up to `top`; `say` puts a value into words."""
    height, width, parts = 90, WIDTH / max(len(values), 1), []
    for at, value in enumerate(values):
        if value <= 0 or top <= 0:
            continue
        high = height * min(value / top, 1)
        title = f"frame {edges[at]}: {say(value)}"
        parts.append(
            f"<rect x='{at * width:.2f}' y='{height - high:.1f}' width='{max(width, 0.8):.2f}' "
            f"height='{high:.1f}' fill='{fill}'><title>{title}</title></rect>"
        )
    frame = f"<path d='M0 0.5H{WIDTH}M0 {height}H{WIDTH}' stroke='var(--line)' fill='none'/>"
    label = f"<text x='{WIDTH}' y='13' text-anchor='end'>{say(top)}</text>" if top > 0 else ""
    return _svg(frame + "".join(parts) + label, height, edges)


def _svg(inner: str, height: int, edges: Sequence[int]) -> str:
    """A plot over its axis of frame numbers."""
    count = len(edges) - 1
    ticks = "".join(
        f"<text x='{WIDTH * step / 4:.0f}' y='{height + 15}' text-anchor='"
        f"{'start' if step == 0 else 'end' if step == 4 else 'middle'}'>"
        f"{edges[count * step // 4] - (step == 4)}</text>"
        for step in range(5)
    )
    return f"<svg viewBox='0 0 {WIDTH} {height + 18}' role='img'>{inner}{ticks}</svg>"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.0f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _pace(entry: ObjectFacts) -> str:
    masks = sum(count for state, count in entry.frames.items() if state != "none")
    return f"{entry.effort.seconds / masks:.1f} s" if masks else ""


def _mean(j: float, f: float | None) -> float:
    return (j + (f or 0.0)) / 2


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
