"""What lies beside trained weights: a model card and a plot of the loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_WIDTH, _HEIGHT, _EDGE = 640, 240, 32
_MOST_POINTS = 400


def card(facts: Mapping[str, Any]) -> str:
    """Markdown: one line per fact, lists and tables as JSON."""
    lines = [f"# {facts['model']}, trained with Strokeflow", ""]
    for name, value in facts.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        lines.append(f"- **{name.replace('_', ' ')}**: {shown}")
    return "\n".join(lines) + "\n"


def plot(
    curve: Sequence[tuple[int, float]], out: Path, checks: Sequence[tuple[int, float]] = ()
) -> None:
    """The loss over the steps as SVG, each point a mean of its neighbours; `checks` as dots."""
    if not curve:
        return
    stride = max(1, len(curve) // _MOST_POINTS)
    points = []
    for start in range(0, len(curve), stride):
        block = curve[start : start + stride]
        points.append((block[-1][0], sum(v for _, v in block) / len(block)))
    values = [v for _, v in (*points, *checks)]
    low, high = min(values), max(values)
    last = max(points[-1][0], 1)
    spread = high - low or 1.0

    def at(x: int, v: float) -> tuple[float, float]:
        across = _EDGE + x / last * (_WIDTH - 2 * _EDGE)
        return across, _EDGE + (high - v) / spread * (_HEIGHT - 2 * _EDGE)

    line = " ".join("{:.1f},{:.1f}".format(*at(x, v)) for x, v in points)
    dots = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#d62"/>'.format(*at(x, v)) for x, v in checks
    )
    told = "loss" + (", validation (dots)" if checks else "")
    out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="11">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
        f'<polyline points="{line}" fill="none" stroke="#2a6" stroke-width="1.5"/>{dots}'
        f'<text x="4" y="{_EDGE}">{high:.4g}</text>'
        f'<text x="4" y="{_HEIGHT - _EDGE}">{low:.4g}</text>'
        f'<text x="{_WIDTH - _EDGE}" y="{_HEIGHT - 8}" text-anchor="end">step {last}</text>'
        f'<text x="{_EDGE}" y="16">{told}</text></svg>\n',
        encoding="utf-8",
    )
