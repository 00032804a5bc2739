"""Options that a card declares: dialogs and the command line build themselves from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotator.core.errors import RequestError

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a user may set.

    Attributes:
        name: on the command line and in requests.
        title: for dialogs.
        default: its type is the type of the option (bool, int, float or str).
        help: one sentence.
        minimum, maximum: bounds of a number, both included.
        choices: the allowed texts; empty = any text.
    """

    name: str
    title: str
    default: Value
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def parse(self, given: Value) -> Value:
        """The value in the option's own type. Raises RequestError with what is allowed."""
        value = self._convert(given)
        if isinstance(value, str):
            if self.choices and value not in self.choices:
                raise self._refused(given, f"Choose one of {', '.join(self.choices)}.")
        elif not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                raise self._refused(given, f"It goes from {low} to {high}.")
        return value

    def _convert(self, given: Value) -> Value:
        kind = type(self.default)
        if kind is str:
            return str(given)
        if kind is bool:
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            known = words.get(str(given).lower())
            if known is None:
                raise self._refused(given, "Say yes or no.")
            return known
        try:
            number = float(given)
        except ValueError:
            raise self._refused(given, "Give a number.") from None
        if kind is int:
            if number != int(number):
                raise self._refused(given, "Give a whole number.")
            return int(number)
        return number

    def _refused(self, given: Value, hint: str) -> RequestError:
        return RequestError(f"Option '{self.name}' cannot be '{given}'.", hint)


def resolve_options(options: Iterable[Option], given: Mapping[str, Value]) -> dict[str, Value]:
    """All options with their values: what was given, else the defaults.

    Raises RequestError for a name that no option has and for a value that is not allowed.
    """
    known = {option.name: option for option in options}
    for name in given:
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise RequestError(f"There is no option '{name}' here.", f"There are: {names}.")
    return {
        name: option.parse(given[name]) if name in given else option.default
        for name, option in known.items()
    }
