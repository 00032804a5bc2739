"""Which backends there are, what each can do, and how to get one.

A backend is named by its card; its code is a "module:factory" string that is imported on first
use, in the worker. So listing backends costs nothing and imports no network.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.core.errors import RequestError

TASKS = ("saliency", "propagate", "interpolate")
"""`saliency`: scribbles to masks on their frame. `propagate`: key frames to the frames around.
`interpolate`: the frames between two key frames."""


@dataclass(frozen=True, slots=True)
class BackendCard:
    """What a user needs to know to choose a backend.

    Attributes:
        id: name on the command line and in provenance (`model:<id>`).
        title: for menus.
        summary: one sentence.
        factories: task -> "module:factory"; the factory takes no arguments.
        origin: where the method comes from.
        licence: of code and weights.
        needs: what must be there first ("" = nothing).
        rank: among the available ones, the highest is taken where the user names none.
    """

    id: str
    title: str
    summary: str
    factories: Mapping[str, str]
    origin: str
    licence: str = "MIT"
    needs: str = ""
    rank: int = 0

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(t for t in TASKS if t in self.factories)


@dataclass(slots=True)
class BackendRegistry:
    """Cards by id; two cards with one id are an error."""

    _cards: dict[str, BackendCard] = field(default_factory=dict)

    def add(self, card: BackendCard) -> None:
        if card.id in self._cards:
            raise ValueError(f"two backends are called '{card.id}'")
        unknown = set(card.factories) - set(TASKS)
        if unknown:
            raise ValueError(f"backend '{card.id}' names unknown tasks {sorted(unknown)}")
        self._cards[card.id] = card

    def cards(self) -> list[BackendCard]:
        return list(self._cards.values())

    def resolve(self, task: str, backend: str | None = None) -> BackendCard:
        """The card to use for a task: the named one, else the best. Raises RequestError."""
        fitting = [c for c in self._cards.values() if task in c.factories]
        if backend is None:
            if not fitting:
                raise RequestError(f"No backend can do '{task}'.")
            return max(fitting, key=lambda card: card.rank)
        if backend not in self._cards:
            names = ", ".join(sorted(self._cards))
            raise RequestError(f"There is no backend '{backend}'.", f"There are: {names}.")
        card = self._cards[backend]
        if task not in card.factories:
            names = ", ".join(c.id for c in fitting) or "none"
            raise RequestError(f"Backend '{backend}' cannot do '{task}'.", f"These can: {names}.")
        return card


def create(factory: str) -> Any:
    """Import "module:factory" and call it."""
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)()


def default_registry() -> BackendRegistry:
    """The backends that ship with the application."""
    registry = BackendRegistry()
    registry.add(
        BackendCard(
            id="embedded",
            title="Embedded (no weights)",
            summary="Flow, colour and shape cues; works on every machine without a download.",
            factories={
                "saliency": "annotator.backends.embedded:scribbler",
                "propagate": "annotator.backends.embedded:propagator",
                "interpolate": "annotator.backends.embedded:interpolator",
            },
            origin="Strokeflow; DIS optical flow (Kroeger et al., ECCV 2016) through OpenCV",
        )
    )
    return registry
