"""What to do when memory runs out: a ladder of smaller demands, walked down step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import nn

from annotator.backends.base import Control
from annotator.core.errors import RequestError, RunError
from models.inference import choose_device

T = TypeVar("T")

_SMALLEST_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class Rung:
    """How a network is run: where, how many frames at once, in half precision, at what size."""

    device: torch.device
    batch: int
    half: bool = False
    scale: float = 1.0

    def __str__(self) -> str:
        frames = "frame" if self.batch == 1 else "frames"
        parts = [f"{self.batch} {frames} at once on {self.device.type}"]
        if self.half:
            parts.append("half precision")
        if self.scale < 1:
            parts.append(f"{self.scale:.0%} of the size")
        return ", ".join(parts)


def lower(rung: Rung) -> Rung | None:
    """The next smaller demand: fewer frames, half precision, a smaller size, the CPU; then none."""
    if rung.batch > 1:
        return replace(rung, batch=rung.batch // 2)
    if not rung.half and rung.device.type != "cpu":
        return replace(rung, half=True)
    if rung.scale > _SMALLEST_SCALE:
        return replace(rung, scale=rung.scale - 0.25)
    if rung.device.type != "cpu":
        return Rung(torch.device("cpu"), 1)
    return None


def ran_out(error: BaseException) -> bool:
    """True if an error says that memory was not enough, on a GPU or in the machine."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in text or "can't allocate memory" in text
    )


class Ladder:
    """Remembers the rung that worked, so that a run falls once and not at every frame.

    Args:
        device: as asked for; see `choose_device`.
        batch: frames at once to begin with.
    """

    def __init__(self, device: str, batch: int, control: Control) -> None:
        self.rung = Rung(device_named(device), batch)
        self._control = control

    def attempt(self, work: Callable[[Rung], T]) -> T:
        """Do `work` on the present rung, on lower ones if memory runs out; tells the user.

        Raises RunError where it does not fit at all.
        """
        while True:
            try:
                return work(self.rung)
            except (RuntimeError, MemoryError) as error:
                if not ran_out(error):
                    raise
            # Outside the except block, so that the traceback holds no tensors any more.
            below = lower(self.rung)
            if below is None:
                raise RunError(
                    "The memory is not enough for this network, even frame by frame.",
                    "Close other programs, or choose the embedded backend.",
                )
            self.rung = below
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            self._control.note(f"Memory ran out; going on with {below}.")


def device_named(name: str) -> torch.device:
    """The device of a request. Raises RequestError if this machine does not have it."""
    try:
        return choose_device(name)  # type: ignore[arg-type]
    except ValueError as error:
        raise RequestError(
            f"This machine has no '{name}' device that PyTorch can use.",
            "Use --device auto or cpu.",
        ) from error


@contextmanager
def cancellable(control: Control) -> Iterator[None]:
    """Within, every layer of every network asks whether the user has cancelled.

    A forward pass may take seconds on a CPU; single layers take a fraction of that.
    """

    def ask(_module: nn.Module, _inputs: object) -> None:
        control.checkpoint()

    handle = nn.modules.module.register_module_forward_pre_hook(ask)
    try:
        yield
    finally:
        handle.remove()
