"""Network, optimiser and learning rate of a recipe."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import nn

from models import loading
from models.npmca import net as npmca
from models.rcrnet import fgplg
from models.refine import net as refine
from models.training import state as storage
from models.training.errors import TrainingError
from models.training.recipe import Recipe

_BACKBONES = ("backbone.", "rcrnet.backbone.", "target_encoder.", "reference_encoder.")


def rate_factor(schedule: str, step: int, total: int) -> float:
    """Learning rate at `step`, relative to the recipe's.

    "triangle" rises from a thousandth to 1 at half of the steps and falls back; "one-cycle" rises
    for a fifth of them and falls to nothing as a cosine (Smith and Topin, 2018).
    """
    if schedule == "constant":
        return 1.0
    if schedule == "triangle":
        return 0.001 + 0.999 * (1 - abs(2 * step / total - 1))
    rise = 0.2 * total
    if step < rise:
        return 0.04 + 0.96 * 0.5 * (1 - math.cos(math.pi * step / rise))
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(total - rise, 1)))


def network(recipe: Recipe, start: str) -> nn.Module:
    try:
        net = loading.build(recipe.method, recipe.network)
        if not start:
            return net
        tensors, told = storage.read(Path(start))
        if recipe.method == "fgplg" and told.get("model") == "rcrnet":
            tensors = fgplg.state_from_image_model(tensors)
        if recipe.method == "ner" and told.get("model") == "rcrnet":
            tensors = net.state_dict() | {f"rcrnet.{name}": t for name, t in tensors.items()}
        if recipe.method == "refiner" and told.get("model") == "strokes":
            tensors = refine.state_from_strokes(tensors)
        if isinstance(net, npmca.Npmca) and "conv1.weight" in tensors:
            tensors = npmca.state_from_image_model(net, tensors)
        return loading.load(recipe.method, tensors, recipe.network)
    except ValueError as error:
        if isinstance(error, TrainingError):
            raise
        raise TrainingError(
            f"The network cannot be made: {error}.", "Check 'network' of the recipe and --start."
        ) from error


def optimiser(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    groups: dict[bool, list[nn.Parameter]] = {False: [], True: []}
    for name, parameter in net.named_parameters():
        if recipe.train_only and not name.startswith(recipe.train_only):
            parameter.requires_grad_(False)
        else:
            groups[name.startswith(_BACKBONES)].append(parameter)
    rates = {False: recipe.rate, True: recipe.rate * recipe.backbone_rate}
    given = [{"params": p, "lr": rates[k]} for k, p in groups.items() if p]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(given, momentum=0.9, nesterov=True, weight_decay=recipe.weight_decay)
    return torch.optim.Adam(given, betas=recipe.betas, weight_decay=recipe.weight_decay)
