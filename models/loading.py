"""The networks by name, and the one way their weights come in.

    state = from_official("scwssod", official_state_dict)
    net = load("scwssod", state)

Files are read elsewhere; here only mappings from names to tensors are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn

from . import official
from .dcfm.net import Dcfm, DcfmConfig
from .npmca.net import Npmca, NpmcaConfig
from .official import Naming
from .rcrnet.fgplg import DEFAULT_CONFIG as FGPLG_CONFIG
from .rcrnet.fgplg import FGPLG
from .rcrnet.ner import NER
from .rcrnet.net import RCRNet, RCRNetConfig
from .refine.net import STROKES_CONFIG, Refiner, RefinerConfig
from .scwssod.net import Scwssod, ScwssodConfig

SHOWN = 5
"""Names of each kind that the message of a mismatch spells out."""


@dataclass(frozen=True, slots=True)
class Method:
    """One network: its title, height and width of its input, default config, class, names.

    `naming` is None where its authors never published weights.
    """

    title: str
    input_size: tuple[int, int]
    config: Any
    network: Callable[[Any], nn.Module]
    naming: Naming | None


METHODS: Mapping[str, Method] = {
    "scwssod": Method(
        "SCWSSOD: saliency from scribbles", (320, 320), ScwssodConfig(), Scwssod, official.SCWSSOD
    ),
    "dcfm": Method(
        "DCFM: the common object of a group", (224, 224), DcfmConfig(), Dcfm, official.DCFM
    ),
    "rcrnet": Method(
        "RCRNet: saliency of one image", (448, 448), RCRNetConfig(), RCRNet, official.RCRNET
    ),
    "fgplg": Method(
        "FGPLG: labels between two labelled frames",
        (448, 448),
        FGPLG_CONFIG,
        FGPLG,
        official.FGPLG,
    ),
    "ner": Method("RCRNet+NER: saliency of a video", (448, 448), RCRNetConfig(), NER, official.NER),
    "npmca": Method(
        "NPMCA-net: masks from one frame to the next", (480, 854), NpmcaConfig(), Npmca, None
    ),
    "refiner": Method(
        "Refiner: corrects masks of other methods", (256, 256), RefinerConfig(), Refiner, None
    ),
    "strokes": Method(
        "Strokes: corrects masks made of strokes", (256, 256), STROKES_CONFIG, Refiner, None
    ),
}


class KeyMismatchError(ValueError):
    """A state dict that does not fit a network.

    `missing` and `unexpected` are names, `wrong_shape` pairs each name with (expected, found).
    """

    def __init__(
        self,
        method: str,
        missing: list[str],
        unexpected: list[str],
        wrong_shape: dict[str, tuple[tuple[int, ...], tuple[int, ...]]],
    ) -> None:
        self.method = method
        self.missing = missing
        self.unexpected = unexpected
        self.wrong_shape = wrong_shape
        shapes = [
            f"{name} (expected {list(want)}, found {list(found)})"
            for name, (want, found) in wrong_shape.items()
        ]
        groups = (("missing", missing), ("unexpected", unexpected), ("of another shape", shapes))
        parts = [f"{len(names)} {what}: {_some(names)}" for what, names in groups if names]
        super().__init__(f"The weights do not fit {method}. {'; '.join(parts)}.")


def _some(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def configure(method: str, config: Mapping[str, Any] | None = None) -> Any:
    """The config of a network: the paper's, with the given fields replaced.

    Raises ValueError for a method or a field that does not exist.
    """
    default = _method(method).config
    changes = dict(config or {})
    known = {f.name for f in fields(default)}
    if unknown := sorted(set(changes) - known):
        raise ValueError(
            f"{method} has no setting {', '.join(unknown)}; it has {', '.join(sorted(known))}"
        )
    return type(default)(**{**asdict(default), **changes})


def build(method: str, config: Mapping[str, Any] | None = None) -> nn.Module:
    """A new network with random weights, initialised as the paper's code does.

    `config` replaces fields of the method's config. Raises ValueError for an unknown name.
    """
    return _method(method).network(configure(method, config))


def from_official(method: str, state: Mapping[str, Any]) -> dict[str, Tensor]:
    """The authors' state dict under our names.

    Takes a bare state dict or one inside {'state_dict': ...}, with or without the prefix `module.`,
    with or without batch counters, the ImageNet classifier and the flow network. Raises
    KeyMismatchError, in the authors' names, for anything else that is missing or too much, and
    ValueError for a method of which no weights were published.
    """
    naming = _method(method).naming
    if naming is None:
        raise ValueError(
            f"the authors of {method} published no weights; files of Strokeflow's own training fit"
        )
    given = _unwrap(state)
    expected = {naming.official(name): (name, t) for name, t in _template(method).items()}
    unexpected = [k for k in given if k not in expected and not naming.is_unused(k)]
    shapes = {k: tuple(t.shape) for k, (_, t) in expected.items()}
    _compare(method, shapes, given, unexpected)
    return {name: given[k] if k in given else _counter() for k, (name, _) in expected.items()}


def load(
    method: str, state: Mapping[str, Tensor], config: Mapping[str, Any] | None = None
) -> nn.Module:
    """A network with the weights `state` (our names), in training mode, on the CPU.

    Every name and shape must fit; a batch counter may be missing. Raises KeyMismatchError.
    """
    with torch.device("meta"):
        net = build(method, config)
    template = net.state_dict()
    shapes = {name: tuple(t.shape) for name, t in template.items()}
    _compare(method, shapes, state, [k for k in state if k not in template])
    full = {name: state[name] if name in state else _counter() for name in template}
    # Copies, so that fitting the network never changes the caller's tensors.
    net = net.to_empty(device="cpu")
    net.load_state_dict(full)
    return net


def _method(method: str) -> Method:
    try:
        return METHODS[method]
    except KeyError:
        raise ValueError(
            f"there is no network {method!r}; there are {', '.join(METHODS)}"
        ) from None


def _template(method: str) -> dict[str, Tensor]:
    """Names and shapes of the paper's network, without memory behind them."""
    with torch.device("meta"):
        return build(method).state_dict()


def _unwrap(state: Mapping[str, Any]) -> dict[str, Tensor]:
    inner = state.get("state_dict", state)
    if not isinstance(inner, Mapping):
        raise ValueError("the entry 'state_dict' is not a state dict")
    if not all(isinstance(name, str) for name in inner):
        raise ValueError("its entries have no names")
    return {k.removeprefix("module."): v for k, v in inner.items()}


def _compare(
    method: str,
    shapes: Mapping[str, tuple[int, ...]],
    given: Mapping[str, Any],
    unexpected: list[str],
) -> None:
    """Raises KeyMismatchError unless `given` has what `shapes` names, apart from batch counters."""
    missing = [k for k in shapes if k not in given and not k.endswith("num_batches_tracked")]
    wrong: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        if name not in given:
            continue
        value = given[name]
        if not isinstance(value, Tensor):
            raise ValueError(f"the entry {name} of the weights is not a tensor")
        if tuple(value.shape) != shape:
            wrong[name] = (shape, tuple(value.shape))
    if missing or unexpected or wrong:
        raise KeyMismatchError(method, missing, unexpected, wrong)


def _counter() -> Tensor:
    return torch.zeros((), dtype=torch.long)
