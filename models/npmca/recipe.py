"""Training recipe of NPMCA-net: what the thesis says (section 3.2.3), and what it leaves open."""

from __future__ import annotations

CROP = (256, 432)
CLIP_LENGTH = 3
MAX_SKIP = 5
"""Frames of a clip lie at most this far apart."""
STATIC_LEARNING_RATE = 1e-5
"""Adam, fixed; clips made of single images by random affine motion."""
VIDEO_LEARNING_RATE = 1e-6
"""Adam, fixed; DAVIS-17 train."""
SCALES = (0.5, 0.75, 1.0)
"""Sizes whose maps are averaged at test time, after RGMP."""
