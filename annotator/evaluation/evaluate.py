"""Scores of a folder of label images against a folder of truths.

A folder is flat (images of one sequence) or a tree of sequences (any depth; `SEQUENCE/masks` counts
as `SEQUENCE`). Images are matched by name. As in DAVIS-2017, the mean is taken over a sequence's
frames for each object, then over all objects of all sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from annotator.core.errors import FormatError
from annotator.core.types import BACKGROUND, VOID, LabelMap
from annotator.evaluation.scores import FrameScore, check_metrics, mean, score_frame
from annotator.io.media.images import natural_key
from models.metrics.davis import Statistics, statistics

_LABEL_MODES = ("1", "L", "P")
_MIDDLE = 128


@dataclass(frozen=True, slots=True)
class ObjectReport:
    """One object of a sequence; statistics of a measure that was not asked for are None."""

    object_id: int
    J: Statistics | None
    F: Statistics | None
    JF: float | None
    frames: tuple[FrameScore, ...]


@dataclass(frozen=True, slots=True)
class SequenceReport:
    """Means over a sequence's objects, and the objects."""

    sequence: str
    J: float | None
    F: float | None
    JF: float | None
    objects: tuple[ObjectReport, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Means over all objects of all sequences; `frames` is the number of images compared."""

    J: float | None
    F: float | None
    JF: float | None
    frames: int
    sequences: tuple[SequenceReport, ...]

    def to_json(self) -> dict[str, object]:
        """Plain dictionaries, lists, numbers and texts."""
        return asdict(self)


def evaluate(
    pred_dir: Path, gt_dir: Path, metrics: Sequence[str] = ("j", "f"), inner: bool = False
) -> Report:
    """Compare every truth image in `gt_dir` with the prediction of the same name in `pred_dir`.

    `inner` leaves out each sequence's first and last truth, as the DAVIS-2017 evaluation of
    semi-supervised methods does: the first was given, and the last is left out with it.

    Predictions without a truth are ignored (data sets label some frames only). One pair of images
    is in memory at a time.

    Raises RequestError for unknown metrics and FormatError, which names the file, where a folder
    holds no images, a prediction is missing, cannot be read or differs in size.
    """
    names = check_metrics(metrics)
    reports = []
    frames = 0
    for sequence, whole in match_folders(pred_dir, gt_dir).items():
        pairs = whole[1:-1] if inner else whole
        if not pairs:
            raise FormatError(
                f"The sequence {sequence!r} has no truth between its first and its last one."
            )
        reports.append(_score_sequence(sequence, pairs, names))
        frames += len(pairs)
    objects = [entry for report in reports for entry in report.objects]
    return Report(*_means(objects), frames, tuple(reports))


def match_folders(pred_dir: Path, gt_dir: Path) -> dict[str, list[tuple[Path, Path]]]:
    """(prediction, truth) by sequence, for every truth. Raises FormatError where one is missing."""
    truths, predictions = _sequences(gt_dir), _sequences(pred_dir)
    matched = {}
    for sequence, truth_files in truths.items():
        if sequence not in predictions:
            raise FormatError(
                f"{pred_dir} holds no predictions for the sequence {sequence!r}.",
                "Both folders need the same sub-folders.",
            )
        pairs = _pairs(truth_files, predictions[sequence], sequence or pred_dir.name)
        matched[sequence or gt_dir.resolve().name] = pairs
    return matched


def says_255_object(paths: list[Path]) -> bool:
    """Whether 255 means "object" rather than void in these images."""
    return _survey(paths)[0]


def read_labels(path: Path, *, binary: bool) -> LabelMap:
    """A label image, uint8 [H, W]: ids, or 0 and 1 if `binary` (from 128 on it is the object).

    Raises FormatError if the file cannot be read or is no label image.
    """
    labels, _ = _read(path)
    return (labels >= _MIDDLE).astype(np.uint8) if binary else labels


def _read(path: Path) -> tuple[LabelMap, bool]:
    """The values of an image, uint8 [H, W], and whether it is grey. Raises FormatError."""
    try:
        with PillowImage.open(path) as image:
            if image.mode not in _LABEL_MODES:
                raise FormatError(
                    f"{path} is a {image.mode} image, not a label map.",
                    "Save masks as PNG with a palette, in 8-bit grey or in black and white.",
                )
            return np.array(image, dtype=np.uint8), image.mode == "L"
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise FormatError(f"{path} cannot be read: {error}.") from error
    except PillowImage.DecompressionBombError as error:
        raise FormatError(f"{path} is too large to be a label map.") from error


def _sequences(folder: Path) -> dict[str, dict[str, Path]]:
    """PNG files by sequence ("" for a flat folder) and name without suffix, both sorted."""
    if not folder.is_dir():
        raise FormatError(f"{folder} is not a folder.")
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (path.parent, natural_key(path.name))):
        if path.suffix.lower() == ".png" and path.is_file():
            parts = path.parent.relative_to(folder).parts
            if parts and parts[-1] == "masks":
                parts = parts[:-1]
            found.setdefault("/".join(parts), {})[path.stem] = path
    if not found:
        raise FormatError(f"{folder} holds no PNG images.")
    return found


def _pairs(
    truths: dict[str, Path], predictions: dict[str, Path], where: str
) -> list[tuple[Path, Path]]:
    missing = [name for name in truths if name not in predictions]
    if missing:
        raise FormatError(
            f"{len(missing)} of {len(truths)} predictions are missing in {where}, "
            f"the first is {missing[0]}.png.",
            "Predictions need the names of the truth images.",
        )
    return [(predictions[name], path) for name, path in truths.items()]


def _score_sequence(
    name: str, pairs: list[tuple[Path, Path]], metrics: tuple[str, ...]
) -> SequenceReport:
    predicted, _ = _survey([pair[0] for pair in pairs])
    binary, objects = _survey([pair[1] for pair in pairs])
    scores: dict[int, list[FrameScore]] = {object_id: [] for object_id in objects}
    for prediction_path, truth_path in pairs:
        prediction = read_labels(prediction_path, binary=predicted)
        truth = read_labels(truth_path, binary=binary)
        if prediction.shape != truth.shape:
            raise FormatError(
                f"{prediction_path} is {_size(prediction)}, its truth is {_size(truth)}.",
                "Export predictions at the size of the media.",
            )
        frame = score_frame(truth_path.stem, prediction, truth, objects, metrics)
        for object_id, score in frame.items():
            scores[object_id].append(score)
    reports = tuple(_object_report(object_id, tuple(scores[object_id])) for object_id in objects)
    return SequenceReport(name, *_means(reports), reports)


def _survey(paths: list[Path]) -> tuple[bool, list[int]]:
    """Whether 255 means "object" in these images, and their object ids.

    It does where no image holds any other value than 0 and 255. That takes all of them: with
    several objects, a frame may show nothing but background and void. It does as well in grey
    images with soft outlines, as many truths of saliency are: there are values from 128 on, which
    numbers of objects hardly reach, and fewer pixels of them all than white ones.
    """
    pixels, grey = np.zeros(256, np.int64), True
    for path in paths:
        values, in_grey = _read(path)
        pixels += np.bincount(values.ravel(), minlength=256)
        grey = grey and in_grey
    ids = [int(i) for i in np.flatnonzero(pixels) if i not in (BACKGROUND, VOID)]
    if grey and pixels[_MIDDLE:VOID].any() and pixels[1:VOID].sum() < pixels[VOID]:
        return True, [1]
    # Nothing is there on any frame: one object, which is right to be missed.
    return not ids, ids or [1]


def _object_report(object_id: int, frames: tuple[FrameScore, ...]) -> ObjectReport:
    j, f = (_summary([frame.J for frame in frames]), _summary([frame.F for frame in frames]))
    return ObjectReport(object_id, j, f, mean([frame.JF for frame in frames]), frames)


def _summary(values: list[float | None]) -> Statistics | None:
    known = [value for value in values if value is not None]
    return statistics(known) if known else None


def _means(
    objects: Sequence[ObjectReport],
) -> tuple[float | None, float | None, float | None]:
    return (
        mean([entry.J.mean if entry.J else None for entry in objects]),
        mean([entry.F.mean if entry.F else None for entry in objects]),
        mean([entry.JF for entry in objects]),
    )


def _size(labels: LabelMap) -> str:
    return f"{labels.shape[1]}x{labels.shape[0]}"
