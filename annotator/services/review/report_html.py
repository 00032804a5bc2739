"""The report as one HTML file: no script, nothing from elsewhere, plots as inline SVG."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from annotator.core.review import Remark
from annotator.services.review.report import STATES, ObjectFacts, ReportFacts

WIDTH = 900
_WORDS = {
    "none": "no mask",
    "model": "model",
    "imported": "imported",
    "corrected": "corrected or accepted",
    "human": "drawn",
}
_REVIEW = {
    "open": "frames left to review",
    "sure": "frames sure",
    "empty": "frames without a mask",
    "locked": "frames with a lock",
    "occluded": "frames with a hidden object",
    "remarks": "frames with an open remark",
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
.words { text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }
text { fill: var(--muted); font-size: 12px; }
"""


def render(facts: ReportFacts, words: Mapping[str, str] | None = None) -> str:
    """The page; its length depends on the number of objects, not of frames.

    Args:
        words: translations by English text, named places in braces; what is missing stays English.
            That of "en" is the tag of their language.
    """
    return _Page(facts, {} if words is None else words).html()


class _Page:
    def __init__(self, facts: ReportFacts, words: Mapping[str, str]) -> None:
        self._facts = facts
        self._words = words

    def html(self) -> str:
        sections = (
            self._head, self._stage, self._remarks, self._effort, self._provenance, self._quality,
            self._truth,
        )  # fmt: skip
        body = "\n".join(part for section in sections if (part := section()))
        title = self._say("{project} - Strokeflow report", project=self._facts.project)
        return (
            f"<!DOCTYPE html>\n<html lang='{self._say('en')}'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f"<body>\n{body}\n</body></html>\n"
        )

    def _say(self, text: str, **places: object) -> str:
        """The text in the reader's language, as HTML."""
        return escape(self._words.get(text, text).format(**places))

    # -- sections

    def _head(self) -> str:
        facts = self._facts
        tiles = [(str(facts.review[key]), self._say(word)) for key, word in _REVIEW.items()]
        if facts.J is not None and facts.F is not None:
            tiles.insert(0, (f"{(facts.J + facts.F) / 2:.3f}", self._say("mean J&F")))
        about = self._say(
            "{media}, {frames} frames of {width} × {height}",
            media=facts.media, frames=facts.frames, width=facts.width, height=facts.height,
        )  # fmt: skip
        return f"<h1>{escape(facts.project)}</h1><p class='muted'>{about}</p>" + _tiles(tiles)

    def _stage(self) -> str:
        facts, say = self._facts, self._say
        if not facts.stages and not facts.accepted:
            return ""
        changes = [
            [say(change.stage), escape(change.assignee), self._name(change.author),
             self._moment(change.time)]
            for change in reversed(facts.stages)
        ]  # fmt: skip
        people = [[self._name(who), str(frames)] for who, frames in facts.accepted.items()]
        head = [say("Stage"), say("Assigned to"), say("By"), say("When (UTC)")]
        return (
            f"<h2>{say('Stage')}</h2>"
            + (_table(head, changes) if changes else "")
            + (_table([say("Accepted by"), say("Frames")], people) if people else "")
        )

    def _remarks(self) -> str:
        facts, say = self._facts, self._say
        if not facts.remarks:
            return ""
        about = say(
            "{open} open, {resolved} resolved",
            open=facts.open_remarks, resolved=facts.resolved_remarks,
        )  # fmt: skip
        if facts.open_remarks + facts.resolved_remarks > len(facts.remarks):
            about += "; " + say("the first {count} are shown", count=len(facts.remarks))
        rows = [
            [str(remark.frame), self._name(remark.author), _thread(remark),
             say("resolved") if remark.resolved else say("open")]
            for remark in facts.remarks
        ]  # fmt: skip
        head = [say("Frame"), say("By"), say("Remark"), say("State")]
        return f"<h2>{say('Remarks')}</h2><p class='muted'>{about}</p>{_table(head, rows)}"

    def _name(self, name: str) -> str:
        return escape(name) or self._say("somebody")

    @staticmethod
    def _moment(seconds: float) -> str:
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds)) if seconds else ""

    def _effort(self) -> str:
        facts, say = self._facts, self._say
        total = facts.effort
        share = f"{100 * total.frames / facts.frames:.1f}"
        tiles = [
            (self._time(total.seconds), say("of active work")),
            (str(total.clicks), say("clicks")),
            (str(total.strokes), say("strokes")),
            (str(total.commands), say("commands")),
            (str(total.frames), say("frames touched ({share} %)", share=share)),
        ]
        rows = [
            [
                _named(entry), str(entry.effort.clicks), str(entry.effort.strokes),
                self._time(entry.effort.seconds), str(entry.effort.frames), self._pace(entry),
            ]
            for entry in facts.objects
        ]  # fmt: skip
        head = [
            say("Object"), say("Clicks"), say("Strokes"), say("Time"), say("Frames touched"),
            say("Time per mask"),
        ]  # fmt: skip
        top = max(facts.seconds, default=0)
        plot = self._bars(facts.seconds, top, "var(--plot)", self._time)
        return (
            f"<h2>{say('Effort')}</h2>" + _tiles(tiles) + _table(head, rows)
            + f"<p class='muted'>{say('Active work by frame')}</p>" + plot
        )  # fmt: skip

    def _provenance(self) -> str:
        facts, words = self._facts, {state: self._say(_WORDS[state]) for state in STATES}
        legend = " &nbsp; ".join(
            f"<span class='swatch' style='background:var(--{s})'></span>{words[s]}" for s in STATES
        )
        head = [self._say("Object"), *words.values()]
        rows = [[_named(e), *(str(e.frames[s]) for s in STATES)] for e in facts.objects]
        strips = "".join(
            f"<p class='muted'>{escape(entry.name)}</p>{self._strip(entry.states)}"
            for entry in facts.objects
        )
        title = self._say("Who made which mask")
        return f"<h2>{title}</h2><p>{legend}</p>{strips}{_table(head, rows)}"

    def _quality(self) -> str:
        facts = self._facts
        if all(value is None for value in facts.quality):
            return ""
        values = [0.0 if v is None else max(v, 0.02) for v in facts.quality]
        plot = self._bars(values, 1.0, "var(--good)", lambda v: f"{v:.2f}")
        about = self._say(
            "The lowest estimate among the model's masks, by frame; where nothing stands, no "
            "model's mask is left."
        )
        return f"<h2>{self._say('Estimated quality')}</h2><p class='muted'>{about}</p>{plot}"

    def _truth(self) -> str:
        facts, say = self._facts, self._say
        if facts.J is None or facts.F is None:
            return ""
        scored = [(_named(e), e.J, e.F) for e in facts.objects]
        scored.append((say("All"), facts.J, facts.F))
        rows = [
            [name, _number(j), _number(f), _number(None if j is None else _mean(j, f))]
            for name, j, f in scored
        ]
        states = [
            [say(_WORDS[name]), f"{value:.3f}", str(count)]
            for name, (value, count) in facts.by_state.items()
        ]
        values = [0.0 if pair is None else max(_mean(*pair), 0.02) for pair in facts.scores]
        plot = self._bars(values, 1.0, "var(--plot)", lambda v: f"{v:.2f}")
        about = say(
            "{frames} frames of {place}; J and F as DAVIS defines them.",
            frames=facts.truth_frames, place=facts.truth,
        )  # fmt: skip
        return (
            f"<h2>{say('Against the truth')}</h2><p class='muted'>{about}</p>"
            + _table([say("Object"), "J", "F", "J&amp;F"], rows)
            + f"<p class='muted'>{say('J&F by frame')}</p>{plot}"
            + _table([say("Masks"), "J&amp;F", say("Number")], states)
        )

    # -- plots

    def _strip(self, states: Sequence[int]) -> str:
        """One row of colours, neighbours of one colour as one rectangle."""
        edges = self._facts.edges
        width, at, parts = WIDTH / max(len(states), 1), 0, []
        for state, group in groupby(states):
            count = len(list(group))
            title = self._say(
                "frames {first} to {last}: {word}", first=edges[at], last=edges[at + count] - 1,
                word=self._words.get(_WORDS[STATES[state]], _WORDS[STATES[state]]),
            )  # fmt: skip
            parts.append(
                f"<rect x='{at * width:.2f}' width='{count * width:.2f}' height='22' "
                f"fill='var(--{STATES[state]})'><title>{title}</title></rect>"
            )
            at += count
        return _svg("".join(parts), 22, edges)

    def _bars(
        self, values: Sequence[float], top: float, fill: str, tell: Callable[[float], str]
    ) -> str:
        """A column per value, up to `top`; `tell` puts a value into words."""
        edges = self._facts.edges
        height, width, parts = 90, WIDTH / max(len(values), 1), []
        for at, value in enumerate(values):
            if value <= 0 or top <= 0:
                continue
            high = height * min(value / top, 1)
            title = self._say("frame {frame}: {value}", frame=edges[at], value=tell(value))
            parts.append(
                f"<rect x='{at * width:.2f}' y='{height - high:.1f}' width='{max(width, 0.8):.2f}' "
                f"height='{high:.1f}' fill='{fill}'><title>{title}</title></rect>"
            )
        frame = f"<path d='M0 0.5H{WIDTH}M0 {height}H{WIDTH}' stroke='var(--line)' fill='none'/>"
        label = f"<text x='{WIDTH}' y='13' text-anchor='end'>{tell(top)}</text>" if top > 0 else ""
        return _svg(frame + "".join(parts) + label, height, edges)

    def _time(self, seconds: float) -> str:
        whole = round(seconds)
        minutes, hours = whole // 60, whole // 3600
        if not minutes:
            return self._say("{seconds} s", seconds=f"{seconds:.0f}")
        if not hours:
            return self._say(
                "{minutes} min {seconds} s", minutes=minutes, seconds=f"{whole % 60:02d}"
            )
        rest = f"{minutes % 60:02d}"
        return self._say("{hours} h {minutes} min", hours=hours, minutes=rest)

    def _pace(self, entry: ObjectFacts) -> str:
        masks = sum(count for state, count in entry.frames.items() if state != "none")
        seconds = f"{entry.effort.seconds / max(masks, 1):.1f}"
        return self._say("{seconds} s", seconds=seconds) if masks else ""


# -- pieces


def _tiles(tiles: Iterable[tuple[str, str]]) -> str:
    """Words are HTML already."""
    inner = "".join(f"<div class='tile'><b>{n}</b>{word}</div>" for n, word in tiles)
    return f"<div class='tiles'>{inner}</div>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"


def _thread(remark: Remark) -> str:
    """A remark and its replies, a line each."""
    lines = [remark.text, *(f"{a.author}: {a.text}" for a in remark.replies)]
    return "<div class='words'>" + "<br>".join(map(escape, lines)) + "</div>"


def _named(entry: ObjectFacts) -> str:
    red, green, blue = entry.color
    swatch = f"<span class='swatch' style='background:rgb({red},{green},{blue})'></span>"
    return swatch + escape(entry.name)


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


def _mean(j: float, f: float | None) -> float:
    return (j + (f or 0.0)) / 2


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
