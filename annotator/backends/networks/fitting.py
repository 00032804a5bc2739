"""Fitting a network on a project's own frames: steps, time limit, the best so far, going on.

The state lies beside the weights while a fit runs. A fit that died goes on from there if it is
asked for again with the same data; one with other data begins anew.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from annotator.backends.base import Control, FitRequest, FitUpdate
from annotator.backends.networks.checkpoints import store
from annotator.backends.networks.memory import cancellable
from annotator.core.errors import Cancelled, RequestError
from annotator.core.types import FrameResult
from annotator.io.weights import CONFIG, read_weights

SAVE_S = 20.0
"""How much work a killed fit loses at most, in seconds."""
REPORT_STEPS = 5
PREVIEW_S = 6.0
_PREVIEW_PAUSE = 10
"""A preview comes after this many times the time that the last one took, at least."""
SMOOTHING_STEPS = 20
_STATE = ".state"


class Lesson(ABC):
    """What a method brings to be fitted; `net` is set by the method, its `method` names it."""

    method: str
    net: nn.Module

    def __init__(self, request: FitRequest) -> None:
        self._request = request
        scratch = request.options["start"] == "scratch"
        self._from = "" if scratch else request.runtime.weights
        """File of the weights to start from; "" for a new network."""

    def config(self) -> dict[str, Any]:
        """The network's config, as `models.loading` takes it."""
        return asdict(self.net.config)  # type: ignore[call-overload]

    @abstractmethod
    def parameters(self) -> list[dict[str, Any]]:
        """Groups of parameters for AdamW, each with its learning rate."""

    @abstractmethod
    def loss(self, rng: np.random.Generator) -> Tensor:
        """Loss of one step on data drawn with `rng`."""

    @abstractmethod
    def inputs(self) -> Iterator[tuple[Tensor, ...]]:
        """Batches of network inputs over which the statistics of the result are measured; none
        where the statistics are frozen."""

    @property
    @abstractmethod
    def shows(self) -> bool:
        """True if there are frames on which it can show what it has learnt so far."""

    @abstractmethod
    def preview(self, turn: int) -> FrameResult:
        """What the network makes of one of its frames now; another one every turn."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Names the data and settings: a state of another fingerprint is not gone on with."""


@dataclass(slots=True)
class _Progress:
    step: int = 0
    best: float = math.inf
    seconds: float = 0.0


def fit(lesson: Lesson, request: FitRequest, control: Control) -> Iterator[FitUpdate]:
    """Fit a network and store it at `request.out`, also when cancelled.

    One-cycle learning rate; the weights kept are those of the lowest mean loss over some steps.
    """
    course = _Course(lesson, request)
    clock = saved = time.monotonic()
    due, previews = clock + PREVIEW_S, 0
    try:
        with cancellable(control):
            while course.progress.step < request.steps:
                control.checkpoint()
                course.advance()
                now = time.monotonic()
                course.progress.seconds += now - clock
                clock = now
                preview = None
                if lesson.shows and now >= due:
                    measure_statistics(lesson.net, lesson.inputs())
                    preview, previews = lesson.preview(previews), previews + 1
                    # Showing must not take the time that learning needs.
                    due = now + max(PREVIEW_S, _PREVIEW_PAUSE * (time.monotonic() - now))
                if now - saved >= SAVE_S:
                    course.save_state()
                    saved = now
                if preview is not None or course.progress.step % REPORT_STEPS == 0:
                    yield FitUpdate(course.progress.step, course.recent, preview)
                if request.seconds and course.progress.seconds >= request.seconds:
                    break
    except Cancelled:
        if course.progress.step:
            course.finish(control)
        raise
    course.finish(control)
    yield FitUpdate(course.progress.step, course.recent)


class _Course:
    """Network, optimiser and schedule of one fit, and the file they are saved to."""

    def __init__(self, lesson: Lesson, request: FitRequest) -> None:
        self.lesson = lesson
        self.request = request
        self.progress = _Progress()
        self._losses: deque[float] = deque(maxlen=SMOOTHING_STEPS)
        groups = lesson.parameters()
        self._optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser,
            [group["lr"] for group in groups],
            total_steps=max(request.steps, 10),
            pct_start=0.2,
        )
        self._best = _copy(lesson.net)
        self._project = request.out.parent.parent
        self._state_file = request.out.with_name(request.out.name + _STATE)
        self._resume()

    @property
    def recent(self) -> float:
        """Mean loss of the last steps; NaN before the first."""
        return float(np.mean(self._losses)) if self._losses else math.nan

    def advance(self) -> None:
        """One step. Raises RequestError where the loss is not finite."""
        # Seeded by the step, so that a fit that goes on sees what it would have seen.
        rng = np.random.default_rng([self.progress.step, 0x5F])
        torch.manual_seed(self.progress.step)
        self._optimiser.zero_grad(set_to_none=True)
        loss = self.lesson.loss(rng)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise RequestError(
                "The fit diverged: its loss is not a number any more.",
                "Start it again with fewer steps or a lower learning rate.",
            )
        loss.backward()
        nn.utils.clip_grad_norm_(self.lesson.net.parameters(), 5.0)
        self._optimiser.step()
        self._schedule.step()
        self._losses.append(value)
        self.progress.step += 1
        if self.recent < self.progress.best and len(self._losses) == self._losses.maxlen:
            self.progress.best = self.recent
            self._best = _copy(self.lesson.net)

    def finish(self, control: Control) -> None:
        """Store the best weights so far and forget the state; says so, step by step."""
        if math.isfinite(self.progress.best):
            self.lesson.net.load_state_dict(self._best)

        def told() -> Iterator[tuple[Tensor, ...]]:
            for inputs in self.lesson.inputs():
                control.note("Keeping what was learnt …")
                yield inputs

        measure_statistics(self.lesson.net, told())
        store(
            self.lesson.net.state_dict(),
            self.request.out,
            {
                "model": self.lesson.method,
                "source": "fitted on this project",
                "added": date.today().isoformat(),
                "steps": str(self.progress.step),
                "seconds": f"{self.progress.seconds:.0f}",
                "loss": f"{self.recent:.4f}",
                "frames": json.dumps(self._frames()),
                "objects": json.dumps(list(self.request.objects)),
                CONFIG: json.dumps(self.lesson.config()),
            },
            self._project,
        )
        self._state_file.unlink(missing_ok=True)

    def _frames(self) -> list[int]:
        drawn = {s.frame for s in self.request.scribbles}
        return sorted(drawn | {key.frame for key in self.request.keys})

    def save_state(self) -> None:
        """Everything that is needed to go on, in one safetensors file."""
        tensors = {f"net/{name}": t for name, t in self.lesson.net.state_dict().items()}
        tensors |= {f"best/{name}": t for name, t in self._best.items()}
        for index, entry in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser/{index}/{name}": t for name, t in entry.items()}
        store(
            tensors,
            self._state_file,
            {
                "fingerprint": self._fingerprint(),
                "progress": json.dumps(asdict(self.progress)),
                "losses": json.dumps(list(self._losses)),
                "groups": json.dumps(self._optimiser.state_dict()["param_groups"]),
                "schedule": json.dumps(self._schedule.state_dict()),
            },
            self._project,
        )

    def _resume(self) -> None:
        """Go on from the state of an earlier try, if it was about the same."""
        if not self._state_file.is_file():
            return
        try:
            told = read_weights(self._state_file).metadata
            if told.get("fingerprint") != self._fingerprint():
                return
            tensors = load_file(self._state_file)
        except (RequestError, SafetensorError, OSError):
            return  # half a file of a machine that broke down: begin anew
        self.progress = _Progress(**json.loads(told["progress"]))
        self._losses.extend(json.loads(told["losses"]))
        self.lesson.net.load_state_dict(_part(tensors, "net/"))
        self._best = _part(tensors, "best/")
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _part(tensors, "optimiser/").items():
            index, _, field = name.partition("/")
            state.setdefault(int(index), {})[field] = tensor
        groups = json.loads(told["groups"])
        self._optimiser.load_state_dict({"state": state, "param_groups": groups})
        self._schedule.load_state_dict(json.loads(told["schedule"]))

    def _fingerprint(self) -> str:
        settings = json.dumps([self.lesson.fingerprint(), self.request.steps])
        return hashlib.sha256(settings.encode()).hexdigest()


@torch.no_grad()
def measure_statistics(net: nn.Module, batches: Iterable[tuple[Tensor, ...]]) -> None:
    """Set the means and variances of batch normalisation to those over the given batches.

    A fit sees a few pictures at a time for a few hundred steps: the running averages that training
    leaves then belong to weights long gone (Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021).
    """
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    momenta = [m.momentum for m in norms]
    net.train()
    for index, inputs in enumerate(batches):
        if index == 0:
            for norm in norms:
                norm.reset_running_stats()
                norm.momentum = None  # a plain mean over the batches
        net(*inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _copy(net: nn.Module) -> dict[str, Tensor]:
    return {name: t.detach().cpu().clone() for name, t in net.state_dict().items()}


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}
