"""Line charts as SVG files: any browser shows them, and they need no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

Series = Mapping[str, Sequence[tuple[float, float]]]

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 150, 28, 36
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito's, which colour-blind people can tell apart."""
_NAMED = 14


def draw(path: Path, title: str, x_label: str, series: Series) -> None:
    """One line per series over a scale from 0 to 1; `x` begins at the least value there is."""
    xs = [x for points in series.values() for x, _ in points]
    low, high = min(xs, default=0.0), max(xs, default=1.0)
    span = (high - low) or 1.0
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(x: float, y: float) -> str:
        return (
            f"{_LEFT + (x - low) / span * width:.1f},{_TOP + (1 - min(max(y, 0), 1)) * height:.1f}"
        )

    parts = [f'<text x="{_LEFT}" y="16" font-weight="bold">{escape(title)}</text>']
    for tenth in (0, 2, 4, 6, 8, 10):
        y = _TOP + (1 - tenth / 10) * height
        parts.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>'
        )
    below = _HEIGHT - 14
    parts.append(
        f'<text x="{_LEFT}" y="{below}">{low:g}</text>'
        f'<text x="{_LEFT + width / 2:.0f}" y="{below}" text-anchor="middle">{escape(x_label)}'
        f'</text><text x="{_LEFT + width}" y="{below}" text-anchor="end">{high:g}</text>'
    )
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        if len(points) == 1:
            left, top = at(*points[0]).split(",")
            parts.append(f'<circle cx="{left}" cy="{top}" r="3" fill="{colour}"/>')
        line = " ".join(at(x, y) for x, y in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        if number < _NAMED:
            parts.append(
                f'<text x="{_LEFT + width + 10}" y="{_TOP + 10 + 16 * number}" fill="{colour}">'
                f"{escape(name)}</text>"
            )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="11">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>{"".join(parts)}</svg>\n',
        encoding="utf-8",
    )
