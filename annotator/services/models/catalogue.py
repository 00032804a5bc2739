"""The catalogue of models (resources/models.toml) and of flow networks (resources/flows.toml)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec

from annotator.core.errors import RequestError

FLOW_PREFIX = "ptlflow:"


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known about a published model.

    `url` is where `fetch` loads it from ("" = only by hand, from `page`); `sha256` is the sum of
    the published file, "" where it is not known.
    """

    title: str
    method: str
    about: str
    origin: str
    licence: str
    citation: str
    id: str = ""
    url: str = ""
    page: str = ""
    data: str = ""
    preprocessing: str = ""
    sha256: str = ""


class FlowCheckpoints(msgspec.Struct, frozen=True):
    """Published checkpoints of a flow network, training set -> address; the default is first."""

    checkpoints: dict[str, str]


def _resource(name: str) -> bytes:
    return files("resources").joinpath(name).read_bytes()


@lru_cache(maxsize=1)
def published_models() -> dict[str, ModelCard]:
    """Models of the segmentation methods by id."""
    tables = tomllib.loads(_resource("models.toml").decode())
    cards = msgspec.convert(tables, dict[str, ModelCard])
    return {name: msgspec.structs.replace(card, id=name) for name, card in cards.items()}


@lru_cache(maxsize=1)
def flow_networks() -> dict[str, FlowCheckpoints]:
    """Networks of ptlflow by name."""
    tables = tomllib.loads(_resource("flows.toml").decode())
    return msgspec.convert(tables, dict[str, FlowCheckpoints])


def flow_ids() -> list[str]:
    """Everything that `--flow` may name, without the names of checkpoints."""
    return ["dis", *(FLOW_PREFIX + name for name in flow_networks())]


def find_model(model: str) -> ModelCard:
    """The card of a model id, also of a flow ("ptlflow:NAME" or "ptlflow:NAME/CHECKPOINT").

    Raises RequestError for an unknown id.
    """
    if model.startswith(FLOW_PREFIX):
        return _flow_card(model)
    cards = published_models()
    if model not in cards:
        names = ", ".join([*cards, f"{FLOW_PREFIX}NAME"])
        raise RequestError(f"There is no model '{model}'.", f"There are: {names}.")
    return cards[model]


def _flow_card(model: str) -> ModelCard:
    name, _, checkpoint = model.removeprefix(FLOW_PREFIX).partition("/")
    network = flow_networks().get(name)
    if network is None:
        raise RequestError(
            f"ptlflow has no flow network '{name}'.",
            "'strokeflow models list --flows' shows their names.",
        )
    if checkpoint and checkpoint not in network.checkpoints:
        names = ", ".join(network.checkpoints) or "none"
        raise RequestError(
            f"There is no checkpoint '{checkpoint}' of {name}.", f"There are: {names}."
        )
    chosen = checkpoint or next(iter(network.checkpoints), "")
    return ModelCard(
        title=f"Optical flow: {name}" + (f", trained on {chosen}" if chosen else ""),
        method=FLOW_PREFIX + name,
        about="Optical flow network of ptlflow.",
        origin="https://github.com/hmorimitsu/ptlflow",
        licence="see the page of the network's authors, which ptlflow names",
        citation="Morimitsu: PyTorch Lightning Optical Flow.",
        id=f"{FLOW_PREFIX}{name}/{chosen}" if chosen else FLOW_PREFIX + name,
        url=network.checkpoints.get(chosen, ""),
        data=chosen,
    )
