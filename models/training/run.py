"""The training loop: many devices, mixed precision, exact resume, a card at the end.

The data of a step depend on its number alone, and so does every other random choice. So a training
that died goes on exactly where it was saved, and any number of devices sees the same samples.
"""

from __future__ import annotations

import json
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.fabric import Fabric
from lightning.fabric.strategies import DDPStrategy
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from models.training import state as storage
from models.training.card import card, plot
from models.training.curve import Curve
from models.training.data import read_specs
from models.training.errors import TrainingError
from models.training.recipe import Recipe, load_recipe
from models.training.setup import network, optimiser, rate_factor
from models.training.task import Batch, Task
from models.training.tasks import TASKS
from models.training.validation import look

STATE = "state.safetensors"
WEIGHTS = "model.safetensors"
_VALIDATIONS = 20


@dataclass(frozen=True, slots=True)
class Order:
    """One training.

    Attributes:
        data, validation: specs, see `models.training.data`.
        out: folder for weights, card, curve, logs and state.
        recipe: preset or file.
        start: safetensors to start from: this method's, for fgplg and ner an rcrnet, for refiner
            one of strokes, for npmca a ResNet.
        resume: go on with the state in `out`.
        devices, nodes, accelerator, precision: as Lightning Fabric takes them.
        changes: fields of the recipe to replace.
        workers: processes that make samples; 0 = none besides this one.
        save_seconds: how much work a kill may cost.
        keep_every: steps after which the weights are kept as `step-N.safetensors`; 0 = never.
        licence: of the data, for the card.
        cache: folder for what is computed from the data once (optical flow); `out/cache` if None.
    """

    data: tuple[str, ...]
    out: Path
    recipe: str
    validation: tuple[str, ...] = ()
    start: str = ""
    resume: bool = False
    devices: int = 1
    nodes: int = 1
    accelerator: str = "auto"
    precision: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    workers: int = 0
    save_seconds: float = 120.0
    keep_every: int = 0
    licence: str = ""
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """After `step` of `total` optimiser steps; `loss` is the last one, `eta_s` the time left."""

    step: int
    total: int
    loss: float
    eta_s: float


Report = Callable[[Progress], None]


def train(order: Order, report: Report = lambda _: None) -> dict[str, Any]:
    """Train a network; returns the facts of its card. Raises TrainingError."""
    recipe = load_recipe(order.recipe, **order.changes)
    parts = order.devices * order.nodes * recipe.accumulate
    if recipe.batch % parts:
        raise TrainingError(
            f"A batch of {recipe.batch} cannot be split into {parts} equal parts.",
            "Change 'batch' or 'accumulate' of the recipe, or the number of devices.",
        )
    fabric = _fabric(order)
    fabric.launch()
    order.out.mkdir(parents=True, exist_ok=True)
    with _Training(order, recipe, fabric) as training:
        training.run(report)
        fabric.barrier()
        return training.finish() if fabric.is_global_zero else {}


def _fabric(order: Order) -> Fabric:
    many = order.devices * order.nodes > 1
    # Some networks have weights that never get a gradient (DCFM's seeds come from a comparison).
    strategy = DDPStrategy(find_unused_parameters=True) if many else "auto"
    on_cuda = order.accelerator in ("auto", "cuda", "gpu") and torch.cuda.is_available()
    default = "32-true"
    if on_cuda:
        default = "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    return Fabric(
        accelerator=order.accelerator,
        strategy=strategy,
        devices=order.devices,
        num_nodes=order.nodes,
        precision=order.precision or default,  # type: ignore[arg-type]
    )


class _Samples(Dataset[Batch]):
    def __init__(self, task: Task, seed: int) -> None:
        self.task, self.seed = task, seed

    def __getitem__(self, number: int) -> Batch:
        return self.task.sample(np.random.default_rng([self.seed, number]))


class _Training:
    """Network, optimiser, data and files of one training."""

    def __init__(self, order: Order, recipe: Recipe, fabric: Fabric) -> None:
        self.order, self.recipe, self.fabric = order, recipe, fabric
        torch.manual_seed(recipe.seed)
        self.net = network(recipe, order.start)
        cache = order.cache or order.out / "cache"
        self.task = TASKS[recipe.samples](self.net, recipe, read_specs(order.data), cache)
        self.checks: Task | None = None
        if order.validation:
            self.checks = TASKS[recipe.samples](
                self.net, recipe, read_specs(order.validation), cache
            )
        self.total = recipe.steps or math.ceil(recipe.epochs * self.task.count / recipe.batch)
        if fabric.device.type == "cpu":
            for parameter in self.net.parameters():  # a fifth faster there
                if parameter.dim() == 4:
                    parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        self.optimiser = optimiser(self.net, recipe)
        self._base = [group["lr"] for group in self.optimiser.param_groups]
        self.step, self.seconds = 0, 0.0
        self.curve = Curve(order.out)
        self.average: dict[str, Tensor] = {}
        self._check_folder()
        saved = self._resume() if order.resume else None
        self.module, self.fitted = fabric.setup(self.task, self.optimiser)
        if saved is not None:  # now that the weights are on their device
            self.optimiser.load_state_dict(saved)
        if recipe.ema and not self.average:
            self.average = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.average = {k: v.to(fabric.device) for k, v in self.average.items()}
        if fabric.is_global_zero:
            self.curve.begin(self.step)

    def __enter__(self) -> _Training:
        return self

    def __exit__(self, *_: object) -> None:
        self.curve.close()

    # -- steps

    def run(self, report: Report) -> None:
        self.task.train()
        clock = saved = time.monotonic()
        began, first = clock, self.step
        try:
            for parts in self._batches():
                loss = self._advance(parts)
                now = time.monotonic()
                self.seconds += now - clock
                clock = now
                self.curve.note({"step": self.step, "loss": loss})
                if self.checks and self.step % max(self.total // _VALIDATIONS, 1) == 0:
                    self._validate(self.checks)
                if self.order.keep_every and self.step % self.order.keep_every == 0:
                    self._keep()
                if now - saved >= self.order.save_seconds:
                    self.save()
                    saved = now
                pace = (now - began) / (self.step - first)
                if self.fabric.is_global_zero:
                    report(Progress(self.step, self.total, loss, pace * (self.total - self.step)))
        finally:
            # Also after Ctrl+C: what was learnt is kept. An optimiser step is never cut in two.
            self.save()

    def _batches(self) -> Iterator[list[Batch]]:
        """For each step this process's share of the samples, in `accumulate` parts."""
        recipe, fabric = self.recipe, self.fabric
        share = recipe.batch // (fabric.world_size * recipe.accumulate)
        numbers: list[list[int]] = []
        for step in range(self.step, self.total):
            mine = range(
                step * recipe.batch + fabric.global_rank,
                (step + 1) * recipe.batch,
                fabric.world_size,
            )
            numbers += [list(mine[i : i + share]) for i in range(0, len(mine), share)]
        loader = DataLoader(
            _Samples(self.task, recipe.seed),
            batch_sampler=numbers,
            num_workers=self.order.workers,
            collate_fn=default_collate,
        )
        parts = iter(loader)
        for _ in range(self.step, self.total):
            yield [
                {k: v.to(fabric.device) for k, v in next(parts).items()}
                for _ in range(recipe.accumulate)
            ]

    def _advance(self, parts: list[Batch]) -> float:
        """One optimiser step; the loss over all devices. Raises TrainingError if it diverged."""
        recipe, fabric = self.recipe, self.fabric
        torch.manual_seed(hash((recipe.seed, self.step, fabric.global_rank)) & 0xFFFFFFFF)
        for group, base in zip(self.optimiser.param_groups, self._base, strict=True):
            group["lr"] = base * rate_factor(recipe.schedule, self.step, self.total)
        self.fitted.zero_grad()
        total = torch.zeros((), device=fabric.device)
        for index, batch in enumerate(parts):
            with fabric.no_backward_sync(self.module, enabled=index < len(parts) - 1):
                loss = self.module(batch) / len(parts)
                fabric.backward(loss)
            total += loss.detach()
        value = float(fabric.all_reduce(total, reduce_op="mean"))
        if not math.isfinite(value):
            raise TrainingError(
                f"The training diverged at step {self.step}: its loss is not a number any more.",
                "Lower the learning rate of the recipe.",
            )
        if recipe.clip:
            fabric.clip_gradients(self.module, self.fitted, max_norm=recipe.clip)
        self.fitted.step()
        self.step += 1
        if recipe.ema:
            self._follow()
        return value

    @torch.no_grad()
    def _follow(self) -> None:
        # Early on the average is shorter, or it would remember the random start.
        decay = min(self.recipe.ema, self.step / (self.step + 10))
        for name, value in self.net.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - decay)
            else:
                self.average[name].copy_(value)

    def _validate(self, checks: Task) -> None:
        """The same samples each time, in evaluation mode, with the weights that would be stored."""
        kept = None
        if self.average:
            kept = {k: v.clone() for k, v in self.net.state_dict().items()}
            self.net.load_state_dict(self.average)
        fabric = self.fabric
        seen = look(checks, self.recipe.seed + 1, fabric.device, fabric.autocast)
        if kept is not None:
            self.net.load_state_dict(kept)
        self.task.train()
        point = {"step": self.step, "validation": seen.loss, "J": seen.J, "mae": seen.mae}
        self.curve.note(point)
        self.curve.show(seen.picture, self.step)

    # -- files

    def save(self) -> None:
        """Everything that is needed to go on."""
        if not self.fabric.is_global_zero:
            return
        tensors, groups = storage.flatten(self.optimiser)
        tensors |= {f"net/{k}": v for k, v in self.net.state_dict().items()}
        tensors |= {f"average/{k}": v for k, v in self.average.items()}
        told = {
            "order": self._fingerprint(),
            "groups": groups,
            "step": str(self.step),
            "seconds": str(self.seconds),
            "curve": json.dumps(self.curve.points),
        }
        storage.write(self.order.out / STATE, tensors, told)

    def _keep(self) -> None:
        """Weights on the way, complete with what `strokeflow models import` asks for."""
        if self.fabric.is_global_zero:
            told = {"model": self.recipe.method, "steps": str(self.step), **self._shape()}
            path = self.order.out / f"step-{self.step}.safetensors"
            storage.write(path, self.average or self.net.state_dict(), told)

    def _shape(self) -> dict[str, str]:
        config = json.dumps(asdict(self.net.config))  # type: ignore[call-overload]
        return {"input_side": str(self._input_side()), "config": config}

    def _fingerprint(self) -> str:
        return json.dumps([self.recipe.as_dict(), self.order.data, self.order.start])

    def _check_folder(self) -> None:
        if not self.order.resume and (self.order.out / STATE).exists():
            raise TrainingError(
                f"{self.order.out} holds a training already.",
                "Go on with it with --resume, or choose another folder.",
            )

    def _resume(self) -> dict[str, Any] | None:
        """Take up what was saved; returns the optimiser's state."""
        path = self.order.out / STATE
        if not path.is_file():
            return None  # killed before its first save: it begins anew
        tensors, told = storage.read(path)
        if told.get("order") != self._fingerprint():
            raise TrainingError(
                f"{path} is of a training with another recipe, other data, --steps or --start.",
                "Give the same ones: the rate of a step depends on how many there are. Or choose "
                "another folder, with --start for the weights of this one.",
            )
        self.net.load_state_dict(storage.part(tensors, "net/"))
        self.average = storage.part(tensors, "average/")
        self.step, self.seconds = int(told["step"]), float(told["seconds"])
        self.curve = Curve(self.order.out, json.loads(told["curve"]))
        return storage.unflatten(tensors, told["groups"])

    def finish(self) -> dict[str, Any]:
        """Store the weights with their card and the plot of the loss."""
        out, recipe = self.order.out, self.recipe
        losses, checks = self.curve.losses, self.curve.checks
        recent = [v for _, v in losses[-50:]]
        facts: dict[str, Any] = {
            "model": recipe.method,
            "source": f"trained with Strokeflow {version('strokeflow')}",
            "added": date.today().isoformat(),
            "commit": _commit(),
            "recipe": recipe.as_dict(),
            "data": list(self.order.data),
            "start": self.order.start or "random weights",
            "licence": self.order.licence or "that of its data, which was not stated",
            "steps": self.step,
            "seconds": round(self.seconds),
            "hardware": f"{self.fabric.world_size} x {self.fabric.device.type}",
            "precision": str(self.fabric._precision.precision),
            "loss": float(np.mean(recent)) if recent else None,
            "validation_loss": checks[-1]["validation"] if checks else None,
            "validation_J": checks[-1]["J"] if checks else None,
            "validation_error": checks[-1]["mae"] if checks else None,
            "parameters": sum(p.numel() for p in self.net.parameters()),
        }
        told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in facts.items()}
        told |= self._shape()
        storage.write(out / WEIGHTS, self.average or self.net.state_dict(), told)
        (out / "CARD.md").write_text(card(facts), encoding="utf-8")
        plot(losses, out / "loss.svg", [(int(p["step"]), p["validation"]) for p in checks])
        return facts

    def _input_side(self) -> int:
        """Shorter side at which a whole frame shows things as large as the samples did."""
        least = float(self.recipe.sampling.get("crop", 0)) or 1.0
        return round(min(self.recipe.size) / ((1 + least) / 2))


def _commit() -> str:
    """The commit of the source folder; "" for an installed package."""
    here = Path(__file__).resolve().parent
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()
