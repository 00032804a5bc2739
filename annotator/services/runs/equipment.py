"""What a backend needs and whether it is here: libraries, weights, flow, device."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import msgspec

from annotator.backends.base import Runtime
from annotator.backends.registry import NETWORK_LIBRARIES, BackendCard
from annotator.core.errors import DiskError, RequestError
from annotator.io.weights import CONFIG, WeightFolders, licence_of, read_weights
from annotator.services.models.catalogue import FLOW_PREFIX, find_model
from annotator.services.runs.speeds import SpeedBook

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class Equipment:
    """The weights that a project's runs can use.

    Attributes:
        weights: of the user.
        project: folder of the project, whose own fits come first and in which runs keep what they
            may need again; None where there is none, and neither is done.
        speeds: what runs have cost on this machine.
    """

    weights: WeightFolders
    project: Path | None
    speeds: SpeedBook

    def weights_for(self, card: BackendCard) -> Path | None:
        """The file a backend would load: fitted on this project, else fetched or imported, else
        what comes with the application."""
        if card.fits and self.project is not None:
            fitted = self.weights.fitted(self.project, card.id)
            if fitted.is_file():
                return fitted
        found = self.weights.allowed(card.model) if card.model else []
        return next((path for path in found if _suits(path, card)), None)

    def terms_of(self, card: BackendCard) -> str:
        """The licence of the weights that a backend would load; "" if none is known."""
        path = self.weights_for(card)
        return "" if path is None else licence_of(path)

    def missing(self, card: BackendCard) -> str:
        """Why a backend cannot run now, in words; "" if it can."""
        if card.missing_libraries:
            return f"{' and '.join(card.missing_libraries)} not installed"
        if card.model and self.weights_for(card) is None:
            return "no weights" + (", not fitted yet" if card.fits else "")
        return ""

    def usable(self, card: BackendCard) -> bool:
        return not self.missing(card)

    def runtime(
        self,
        card: BackendCard,
        device: str = "auto",
        flow: str | None = None,
        *,
        fitting: bool = False,
    ) -> Runtime:
        """What a run of this backend works with.

        Args:
            fitting: the run makes its own weights; existing ones are only where it starts from.

        Raises RequestError, with what to do, before anything starts.
        """
        if device not in DEVICES:
            raise RequestError(f"There is no device '{device}'.", f"Use {', '.join(DEVICES)}.")
        if device not in ("auto", *card.devices):
            raise RequestError(
                f"Backend '{card.id}' does not run on '{device}'.",
                f"Use --device auto or {' or '.join(card.devices)}.",
            )
        if card.missing_libraries:
            raise RequestError(
                f"Backend '{card.id}' needs {' and '.join(card.missing_libraries)}, "
                "which is not installed.",
                "Install the networks' libraries: 'make networks' or pip install "
                "'strokeflow[networks]'.",
            )
        found = self.weights_for(card)
        if card.model and found is None and not fitting:
            raise RequestError(f"Backend '{card.id}' has no weights here.", self._advice(card))
        flow_id, flow_weights = self._flow(card, flow)
        return Runtime(
            device=device,
            weights="" if found is None else str(found),
            flow=flow_id,
            flow_weights=flow_weights,
            cache=str(self.project / "cache") if card.flow and self.project is not None else "",
            models=self._used(card),
        )

    def _used(self, card: BackendCard) -> dict[str, str]:
        """The models that a backend makes use of and that are here, with their files."""
        if any(find_spec(name) is None for name in NETWORK_LIBRARIES):
            return {}
        found = {name: self.weights.find(name) for name in card.uses}
        return {name: str(path) for name, path in found.items() if path is not None}

    def _advice(self, card: BackendCard) -> str:
        model = find_model(card.model)
        ways = [f"'strokeflow models fetch {model.id}'"] if model.url else []
        ways.append(f"'strokeflow models import FILE --as {model.id}'")
        if card.fits:
            ways.append("fit it on this project with --fit STEPS")
        return f"Get them with {', or '.join(ways)}."

    def _flow(self, card: BackendCard, flow: str | None) -> tuple[str, str]:
        """(id, weights) of the flow estimator. Raises RequestError where it is not here."""
        if flow is None or flow == "dis":
            return "dis", ""
        if not card.flow:
            raise RequestError(f"Backend '{card.id}' uses no optical flow.", "Leave out --flow.")
        if not flow.startswith(FLOW_PREFIX):
            raise RequestError(
                f"There is no flow '{flow}'.", "Use 'dis' or 'ptlflow:NAME', see models --flows."
            )
        model = find_model(flow)
        path = self.weights.find(model.id)
        if path is None:
            raise RequestError(
                f"The weights of the flow '{flow}' are not here.",
                f"Get them with 'strokeflow models fetch {flow}'"
                f" or 'strokeflow models import FILE --as {flow}'.",
            )
        return model.id, str(path)


def _suits(path: Path, card: BackendCard) -> bool:
    """True if the network in a file is of the form that a backend needs."""
    if not card.config:
        return True
    try:
        config = msgspec.json.decode(read_weights(path).metadata.get(CONFIG, "{}"))
    except (RequestError, DiskError, msgspec.DecodeError):
        return False
    return isinstance(config, dict) and card.config.items() <= config.items()
