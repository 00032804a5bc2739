"""What a simulation of an annotator comes to: per frame, per round, as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

SECONDS_PER_OBJECT = 30.0
"""What an annotator of the challenge may wait for an object in each round."""


@dataclass(frozen=True, slots=True)
class FrameOutcome:
    """Means over the objects on one frame; `given` if its true masks were handed out, `estimate`
    the J that the backend expected of its own masks (None where it made none)."""

    frame: int
    J: float
    F: float
    JF: float
    given: bool
    estimate: float | None = None


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """State after one round, over all frames with a truth; `strokes` drawn in it.

    `gain` is the rise of the mean J that was expected of it, where the frame was suggested.
    """

    round: int
    frame: int
    J: float
    F: float
    JF: float
    seconds: float
    strokes: int
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """Result of one protocol on one clip.

    J, F and JF are means over the frames that were not given (None if all were), `frames` is the
    length of the clip, `frames_per_second` counts the frames that backends made, and `objects`
    those that were looked for. `saliency` has the measures of maps that were asked for.
    """

    protocol: str
    backend: str
    J: float | None
    F: float | None
    JF: float | None
    frames: int
    seconds: float
    frames_per_second: float
    per_frame: tuple[FrameOutcome, ...]
    rounds: tuple[RoundOutcome, ...]
    objects: int = 1
    saliency: Mapping[str, float] = field(default_factory=dict)

    @property
    def auc_rounds(self) -> float | None:
        """Area under J&F over the rounds, from the first to the last, by its length; None without
        rounds."""
        values = [turn.JF for turn in self.rounds]
        if len(values) < 2:
            return values[0] if values else None
        return float(np.trapezoid(values)) / (len(values) - 1)

    @property
    def auc_seconds(self) -> float | None:
        """Area under J&F over the seconds of the backends, by the time that DAVIS' interactive
        challenge allows for these rounds (Caelles et al., 2018): 30 s for each object and round.

        It rises from 0 at the start to the first answer, and stays as the last round left it.
        """
        limit = SECONDS_PER_OBJECT * self.objects * len(self.rounds)
        if not limit:
            return None
        times, values = self._course("JF", limit)
        inside = np.append(times[times < limit], limit)
        return float(np.trapezoid(np.interp(inside, times, values), inside)) / limit

    @property
    def j_at_60s(self) -> float | None:
        """J&F after 60 s on that curve, as the challenge calls it; None without rounds."""
        if not self.rounds:
            return None
        return float(np.interp(60.0, *self._course("JF", 60.0)))

    def _course(self, measure: str, until: float) -> tuple[Curve, Curve]:
        times = np.cumsum([0.0, *(turn.seconds for turn in self.rounds)])
        values = np.array([0.0, *(getattr(turn, measure) for turn in self.rounds)])
        if times[-1] < until:
            return np.append(times, until), np.append(values, values[-1])
        return times, values

    def to_json(self) -> dict[str, object]:
        """Plain dictionaries, lists, numbers and texts."""
        facts = asdict(self)
        del facts["objects"]
        if not self.saliency:
            del facts["saliency"]
        if self.rounds:
            for name in ("auc_rounds", "auc_seconds", "j_at_60s"):
                facts[name] = getattr(self, name)
        return facts
