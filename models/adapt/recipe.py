"""Recipe of the online learning as the paper has it (section V-B, VI)."""

from __future__ import annotations

MOMENTUM = 0.95
WEIGHT_DECAY = 5e-4
RATE_RATIO = 0.1
"""Learning rate relative to the one that the network was trained with."""
STEPS_PER_KEY = 8
"""Lambda: iterations per key frame, one key frame in each."""
