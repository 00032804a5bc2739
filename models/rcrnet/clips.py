"""Which frames form a clip of RCRNet+NER and a training sample of FGPLG."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .recipe import CLIP_LENGTH, pseudo_label_frames


def select_labels(labelled: Sequence[int], interval: int, between: int = 0) -> list[int]:
    """Every `interval`-th labelled frame, with `between` pseudo-labelled ones in each gap."""
    kept = list(labelled[::interval])
    frames: list[int] = []
    for previous, following in itertools.pairwise(kept):
        frames += [previous, *pseudo_label_frames(previous, following, between)]
    return frames + kept[-1:]


def clips(frames: Sequence[int], length: int = CLIP_LENGTH, overlap: int = 0) -> list[list[int]]:
    """Clips of `length` that cover `frames` in order; neighbours share `overlap` frames.

    The last clip is aligned to the end, so it may share more, and even repeat the one before it:
    a new clip begins as long as a frame is left, as in the published code. Too few frames are
    filled up with the last one.
    """
    if not frames:
        return []
    padded = list(frames) + [frames[-1]] * (length - len(frames))
    starts = range(0, len(padded), length - overlap)
    return [padded[min(s, len(padded) - length) :][:length] for s in starts]


def training_clips(
    labelled: Sequence[int], length: int = CLIP_LENGTH, interval: int = 1, between: int = 0
) -> list[list[int]]:
    """Clips for training: neighbours share one frame.

    With pseudo-labels `between` the labels a clip is one gap: both labels and what lies between.
    """
    frames = select_labels(labelled, interval, between)
    return clips(frames, between + 2 if between else length, overlap=1)
