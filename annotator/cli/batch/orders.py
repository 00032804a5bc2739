"""What crosses to the process that works on one medium, and what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from annotator.cli.batch.steps import NAME, Step
from annotator.services.exchange.batch import Medium
from annotator.services.exchange.batch_record import step_keys

State = Literal["done", "skipped", "failed", "stopped"]


class StepOrder(msgspec.Struct, frozen=True):
    """A step for one project.

    Attributes:
        title: for messages.
        words: the verb and its arguments, without the project.
        place: what it reads or writes, absolute; "" if nothing.
    """

    title: str
    words: tuple[str, ...]
    place: str

    @property
    def task(self) -> str:
        """What a run does; "" for other steps."""
        return self.title if self.words[0] == "run" else ""

    @property
    def made(self) -> str:
        """What it leaves outside the project; "" if nothing."""
        return self.place if self.words[0] == "export" else ""


class Order(msgspec.Struct, frozen=True):
    """All steps for one medium; `folder` is where relative places in `words` begin."""

    medium: Medium
    steps: tuple[StepOrder, ...]
    folder: str

    def keys(self, fingerprint: str) -> list[str]:
        """See `step_keys`."""
        return step_keys(fingerprint, [(*step.words, step.place) for step in self.steps])


class Advance(msgspec.Struct, frozen=True, tag=True):
    """How far the step is that was told last; `total` is 0 and `eta_s` None where unknown."""

    done: int
    total: int
    eta_s: float | None


class Outcome(msgspec.Struct, frozen=True, tag=True):
    """What became of an order."""

    state: State
    message: str = ""
    seconds: float = 0.0


def order_for(medium: Medium, steps: tuple[Step, ...]) -> Order:
    """The steps with the name and the places of a medium."""
    made = []
    for step in steps:
        words = tuple(word.replace(NAME, medium.name) for word in step.words)
        place = step.place.replace(NAME, medium.name)
        made.append(StepOrder(step.title, words, str(Path(place).absolute()) if place else ""))
    return Order(medium, tuple(made), str(Path.cwd()))
