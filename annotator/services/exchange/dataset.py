"""A data set of many projects: what is asked for, and which clip goes into which split."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotator.core.errors import RequestError

IMAGES = ("none", "jpg", "png", "link")
"""How pictures come along: not at all, encoded anew, or links to the files of a folder."""
UNSURE = ("skip", "void")
"""What happens to a frame with a mask that is not good enough: the frame is left out, or the
mask becomes void."""
DEFAULT_SPLITS: tuple[tuple[str, float], ...] = (("train", 80.0), ("val", 20.0))
TASK = "annotator.services.exchange.dataset_task:export_dataset"


@dataclass(frozen=True, slots=True)
class DatasetOrder:
    """Order to make a data set; carried out from read-only views of the projects.

    Attributes:
        projects: their folders.
        format: id of a label format.
        out: the folder to write; new, empty, or a data set made before.
        splits: names and shares; a share counts against the sum of all.
        assigned: clips whose split is given by hand, by the name of the project.
        seed: other seeds deal the clips out in another way.
        classes: only objects of these classes; () takes all.
        min_quality: least estimated quality of a model's mask, 0 to 1.
        accepted: True takes only masks that a person made, corrected, accepted, imported or locked.
        done: True takes only projects whose stage is "done".
        every: of the usable frames of a clip every Nth is taken.
        unsure: one of `UNSURE`.
        images: one of `IMAGES`.
        licence: what the README says about the licence of pictures and labels.
        options: of the format.
    """

    projects: tuple[str, ...]
    format: str
    out: str
    splits: tuple[tuple[str, float], ...] = DEFAULT_SPLITS
    assigned: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    classes: tuple[str, ...] = ()
    min_quality: float = 0.0
    accepted: bool = False
    done: bool = False
    every: int = 1
    unsure: str = "skip"
    images: str = "jpg"
    licence: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    def check(self) -> None:
        """Raises RequestError for what cannot be meant."""
        if not self.projects:
            raise RequestError("No project was chosen.", "Choose at least one.")
        if self.images not in IMAGES:
            raise _unknown("images", self.images, IMAGES)
        if self.unsure not in UNSURE:
            raise _unknown("unsure", self.unsure, UNSURE)
        if not 0.0 <= self.min_quality <= 1.0:
            raise RequestError("The minimum quality goes from 0 to 1.")
        if self.every < 1:
            raise RequestError("Every Nth frame needs a number from 1.")
        check_splits(self.splits)
        known = [name for name, _ in self.splits]
        for clip, split in self.assigned.items():
            if split not in known:
                raise RequestError(
                    f"{clip} is to go into '{split}', which is no split.",
                    f"There are: {', '.join(known)}.",
                )


_SPLIT_HINT = "Write a name and a share for each: train=80,val=20."


def parse_splits(text: str) -> tuple[tuple[str, float], ...]:
    """ "train=80,val=20" -> names and shares. Raises RequestError."""
    found = []
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        try:
            found.append((name.strip(), float(share)))
        except ValueError:
            raise _bad_split(part.strip()) from None
    check_splits(found)
    return tuple(found)


def check_splits(splits: Sequence[tuple[str, float]]) -> None:
    """Raises RequestError for names that are no folder names, twins, or shares that are none."""
    for name, share in splits:
        if not re.fullmatch(r"[\w-]+", name) or not 0.0 <= share < 1e9:
            raise _bad_split(f"{name}={share:g}")
    names = [name.casefold() for name, _ in splits]
    if len(set(names)) < len(names):
        raise RequestError("Two splits have the same name.", _SPLIT_HINT)
    if not sum(share for _, share in splits) > 0:
        raise RequestError("The shares of the splits add up to nothing.", _SPLIT_HINT)


def clip_names(stems: Sequence[str]) -> list[str]:
    """A name for each clip that can be a folder and part of a file name; unique, in any case of
    letters."""
    names: list[str] = []
    taken: set[str] = set()
    for stem in stems:
        base = re.sub(r"[^\w-]+", "_", stem).strip("_") or "clip"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def assign_splits(clips: Sequence[tuple[str, str]], order: DatasetOrder) -> dict[str, str]:
    """The split of each clip.

    Args:
        clips: name and fingerprint of each. Clips of one medium always share a split, since
            otherwise a network would be tested on what it has learnt.

    Shares are kept as closely as whole clips allow: the clips, in an order that only their
    fingerprints and the seed decide, go one by one to the split that lacks most.
    Raises RequestError if clips of one medium are assigned to two splits, or for unknown names.
    """
    names = {name for name, _ in clips}
    stray = next((name for name in order.assigned if name not in names), None)
    if stray is not None:
        raise RequestError(
            f"There is no clip called {stray}.", f"There are: {', '.join(sorted(names))}."
        )
    groups: dict[str, list[str]] = {}
    for name, fingerprint in clips:
        groups.setdefault(fingerprint, []).append(name)
    split_of: dict[str, str] = {}
    for members in groups.values():
        fixed = {order.assigned[name] for name in members if name in order.assigned}
        if len(fixed) > 1:
            raise RequestError(
                f"{' and '.join(members)} are the same video, but go into different splits.",
                "Assign them to one split.",
            )
        split_of |= dict.fromkeys(members, *fixed) if fixed else {}

    def drawn(fingerprint: str) -> str:
        return hashlib.sha256(f"{order.seed} {fingerprint}".encode()).hexdigest()

    for fingerprint in sorted(groups, key=drawn):
        members = groups[fingerprint]
        if members[0] not in split_of:
            split_of |= dict.fromkeys(members, _lacking_most(order.splits, split_of, len(clips)))
    return split_of


def _lacking_most(
    splits: Sequence[tuple[str, float]], so_far: Mapping[str, str], total: int
) -> str:
    whole = sum(share for _, share in splits)
    held = list(so_far.values())
    return max(splits, key=lambda split: split[1] / whole * total - held.count(split[0]))[0]


def _bad_split(text: str) -> RequestError:
    return RequestError(f"'{text}' is no split.", _SPLIT_HINT)


def _unknown(name: str, given: str, known: Sequence[str]) -> RequestError:
    return RequestError(f"'{name}' cannot be '{given}'.", f"Choose one of: {', '.join(known)}.")
