"""What a simulated annotator does, as text.

Protocols:

* `first`: the true masks of the first frame that shows an object; the rest is propagated.
* `every:N`: the true masks of every N-th frame and of the last one; the rest is interpolated.
* `spaced:N`: the true masks of N frames, each in the middle of one of N equal parts of the clip.
* `frames:A+B+...`: the true masks of these frames.
* `suggest:ROUNDS`: in each round the true masks of the frame that `services.suggest` asks for, from
  the unlabelled clip on; what it governs is filled again.
* `frames-robot:A+B+...`, `suggest-robot:ROUNDS`: such frames, one after the other, but no mask is
  given: the robot scribbles on the frame until nothing is left to scribble on, `GLANCES` times at
  most.
* `robot:ROUNDS`: no mask is given. In each round the robot scribbles on one frame, the scribbler
  turns that into masks, and the frame becomes a key frame: gaps between key frames are
  interpolated, the ends are propagated. The first frame is the one a person would pick: as many
  objects as possible in view and large (within 70 % of the largest), and of those the nearest to
  the middle of the clip. Every later round goes to the worst frame by true J; if that is one that
  was scribbled before, all its strokes are given again with the masks it has now.
* `first+suggest:ROUNDS`, `first+frames-robot:A+B+...`, `first+suggest-robot:ROUNDS`: `first`, as
  round 0, and then these.
"""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.errors import RequestError

_COUNTED = ("every", "spaced", "suggest", "robot", "suggest-robot")
_LISTED = ("frames", "frames-robot")
_AFTER_FIRST = ("suggest", "frames-robot", "suggest-robot")


@dataclass(frozen=True, slots=True)
class Play:
    """A protocol.

    Attributes:
        name: as above, without `first+`.
        numbers: what stands behind the colon; () for `first`.
        after_first: whether it begins with the true masks of the first frame.
    """

    name: str
    numbers: tuple[int, ...] = ()
    after_first: bool = False

    @property
    def in_rounds(self) -> bool:
        """Whether the annotator looks at what became of one frame before the next."""
        return self.name in ("suggest", "robot", "frames-robot", "suggest-robot")


def parse_protocol(text: str) -> Play:
    """One of the protocols above. Raises RequestError."""
    name, _, rest = text.strip().partition(":")
    if name == "first" and not rest:
        return Play(name)
    bare = name.removeprefix("first+")
    after_first = bare != name
    parts = rest.split("+")
    numbers = tuple(int(part) for part in parts if part.isdecimal())
    if len(numbers) == len(parts) and (bare in _AFTER_FIRST or not after_first):
        if bare in _LISTED:
            return Play(bare, numbers, after_first)
        if bare in _COUNTED and len(numbers) == 1 and numbers[0] > 0:
            return Play(bare, numbers, after_first)
    raise RequestError(
        f"There is no protocol {text!r}.",
        "Choose first, every:N, e.g. every:10, spaced:N, frames:A+B, suggest:ROUNDS, robot:ROUNDS, "
        "frames-robot:A+B or suggest-robot:ROUNDS; first+ before some of them; or none, see "
        "'simulate --help'.",
    )


def frames_of(play: Play, length: int) -> list[int]:
    """The frames that a protocol names, each once, in its order. Raises RequestError."""
    if play.name == "every":
        return sorted({*range(0, length, play.numbers[0]), length - 1})
    if play.name == "spaced":
        return evenly(play.numbers[0], length)
    if max(play.numbers) >= length:
        raise RequestError(f"There is no frame {max(play.numbers)}: the clip has {length}.")
    return list(dict.fromkeys(play.numbers))


def evenly(count: int, length: int) -> list[int]:
    """Frames in the middle of `count` equal parts of a clip."""
    return sorted({int((i + 0.5) * length / count) for i in range(count)})
