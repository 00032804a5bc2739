"""Runs that end in the middle, like those of a killed process."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.services.runs.inference import InferenceService


def cut_after(patch: pytest.MonkeyPatch, results: int) -> None:
    """The next runs end after so many results."""
    changes, left = InferenceService._changes, [results]

    def few(*given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return changes(*given)

    patch.setattr(InferenceService, "_changes", few)
