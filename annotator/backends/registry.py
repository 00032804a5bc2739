"""Which backends there are, what each can do, and how to get one.

A backend is named by its card; its code is a "module:factory" string that is imported on first
use, in the worker. So listing backends costs nothing and imports no network.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from annotator.core.errors import RequestError
from annotator.core.options import Option
from annotator.core.plugins import load_plugins

TASKS = ("saliency", "propagate", "interpolate", "cosaliency")
"""`saliency`: scribbles to masks on their frame, or what is salient on any frame. `propagate`: key
frames to the frames around. `interpolate`: the frames between two key frames. `cosaliency`: what a
group of frames has in common."""

ABILITIES = (*TASKS, "scan", "fit")
"""What a backend may have a factory for: the tasks, `scan` (saliency of frames without scribbles)
and `fit` (learning from the project's own frames)."""

NETWORK_LIBRARIES = ("torch",)


@dataclass(frozen=True, slots=True)
class BackendCard:
    """What a user needs to know to choose a backend.

    Attributes:
        id: name on the command line and in provenance (`model:<id>`).
        title: for menus.
        summary: one sentence.
        factories: ability -> "module:factory"; the factory takes no arguments.
        origin: where the method comes from.
        licence: of code and weights.
        model: id in the catalogue of models whose weights it needs; "" = none.
        uses: ids of models that it makes use of where they are here, but does not need.
        config: what the network's configuration must say for this backend, as far as it matters.
        flow: True if it works on the optical flow that the user chooses.
        libraries: modules that must be installed.
        devices: where it can compute.
        options: what can be set.
        rank: among the available ones, the highest is taken where the user names none.
    """

    id: str
    title: str
    summary: str
    factories: Mapping[str, str]
    origin: str
    licence: str = "MIT"
    model: str = ""
    uses: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    flow: bool = False
    libraries: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)
    options: tuple[Option, ...] = ()
    rank: int = 0

    @property
    def tasks(self) -> tuple[str, ...]:
        """Tasks that a user may give it; scanning is a way to do `saliency`."""
        able = set(self.factories) | ({"saliency"} if "scan" in self.factories else set())
        return tuple(t for t in TASKS if t in able)

    @property
    def fits(self) -> bool:
        """True if it can learn from the project's own frames."""
        return "fit" in self.factories

    @property
    def missing_libraries(self) -> tuple[str, ...]:
        """Modules that are not installed here."""
        return tuple(name for name in self.libraries if find_spec(name) is None)

    @property
    def needs(self) -> str:
        """What must be there first, in words; "" = nothing."""
        parts = []
        if self.libraries:
            parts.append("the networks' libraries")
        if self.model:
            parts.append(f"weights '{self.model}'" + (" or a fit" if self.fits else ""))
        return " and ".join(parts)


@dataclass(slots=True)
class BackendRegistry:
    """Cards by id; two cards with one id are an error.

    Attributes:
        group: entry points of other packages' backends, loaded when they are first asked for; ""
            for none. Each names a function that is called with `add`; if it fails, nothing that it
            added stays.
    """

    group: str = ""
    _cards: dict[str, BackendCard] = field(default_factory=dict)
    _troubles: dict[str, str] | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def troubles(self) -> Mapping[str, str]:
        """Why some plug-ins could not be loaded, by their names."""
        with self._lock:
            if self._troubles is None:
                self._troubles = {}
                self._troubles = load_plugins(self.group, self._hand_over) if self.group else {}
            return self._troubles

    def _hand_over(self, plugin: Callable[..., object]) -> None:
        before = dict(self._cards)
        try:
            plugin(self.add)
        except BaseException:
            self._cards = before
            raise

    def add(self, card: BackendCard) -> None:
        """Raises ValueError if the id is taken or an ability unknown, TypeError if it is no
        card."""
        if not isinstance(card, BackendCard):
            raise TypeError(f"{card!r:.60} is no BackendCard")
        if card.id in self._cards:
            raise ValueError(f"two backends are called '{card.id}'")
        unknown = set(card.factories) - set(ABILITIES)
        if unknown:
            raise ValueError(f"backend '{card.id}' names unknown abilities {sorted(unknown)}")
        self._cards[card.id] = card

    def cards(self) -> list[BackendCard]:
        """All backends in the order they were added, those of other packages last."""
        return list(self._known().values())

    def _known(self) -> dict[str, BackendCard]:
        _ = self.troubles  # loads the plug-ins
        return self._cards

    def resolve(
        self,
        task: str,
        backend: str | None = None,
        usable: Callable[[BackendCard], bool] = lambda _card: True,
    ) -> BackendCard:
        """The card to use for a task: the named one, else the best of those that are `usable`.

        Raises RequestError.
        """
        fitting = [c for c in self.cards() if task in c.tasks]
        if backend is None:
            ready = [c for c in fitting if usable(c)]
            if not ready:
                names = ", ".join(f"'{c.id}' ({c.needs})" for c in fitting)
                raise RequestError(
                    f"No backend can do '{task}' now.",
                    f"These could, with what they need: {names}." if names else "",
                )
            return max(ready, key=lambda card: card.rank)
        card = self._named(backend)
        if card not in fitting:
            names = ", ".join(c.id for c in fitting) or "none"
            raise RequestError(f"Backend '{backend}' cannot do '{task}'.", f"These can: {names}.")
        return card

    def helped(self, ability: str, backend: str | None) -> str | None:
        """The named backend if it has that ability, else None: whoever does a whole job with one
        that can do only a part of it has the best one help out. Raises RequestError if there is no
        such backend."""
        if backend is None or ability not in self._named(backend).factories:
            return None
        return backend

    def _named(self, backend: str) -> BackendCard:
        known = self._known()
        if backend not in known:
            names = ", ".join(sorted(known))
            raise RequestError(f"There is no backend '{backend}'.", f"There are: {names}.")
        return known[backend]


def create(factory: str) -> Any:
    """Import "module:factory" and call it."""
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)()
