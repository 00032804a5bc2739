"""Fits the quality estimate of the embedded backends (resources/quality) on clips with true masks.

    python -m tools.fit_quality gather --data DIR --out CACHE [--sequences a b] [--protocols first]
    python -m tools.fit_quality gather --corrected ...
    python -m tools.fit_quality fit --cache CACHE --out resources/quality [--only one_side]

`gather` plays runs and keeps what is known about each mask and its true J, one file a clip and
protocol; with `--corrected` as the default backends do, with the weights that come with the
application. DIR holds SEQUENCE/frames and SEQUENCE/masks.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.optimize import isotonic_regression, minimize

from annotator.backends.base import FillRequest, KeyFrame
from annotator.backends.embedded.chain import Estimate
from annotator.backends.embedded.engine import Engine
from annotator.backends.embedded.evidence import overlap
from annotator.backends.embedded.quality import describe
from annotator.backends.embedded.regressor import FAR, Regressor, rescale
from annotator.backends.saliency.classical import CommonColours
from annotator.backends.saliency.proposals import candidates
from annotator.backends.saliency.sampling import look, spread
from annotator.evaluation.calibration import measure
from annotator.evaluation.truth import FolderTruth
from annotator.io.media import CachedReader, open_media
from annotator.io.weights import shipped_weights

PROTOCOLS = ("first", "last", "every:20", "proposal")
CORRECTED = ("first", "last", "every:20", "every:40")
SPARSE = 3
"""Of the frames of a corrected run every third is looked at: neighbours are much alike."""
DECAY, FOLDS = 0.003, 6
INPUTS = {
    "merged_expected": ("odds", 1),
    "corrected_expected": ("odds", 1),
    "weakest": ("odds", 1),
    "apart": ("plain", -1),
    "agree": ("odds", 1),
    "drift": ("log", -1),
    "jump": ("plain", -1),
    "islands": ("plain", -1),
    "steps": ("plain", -1),
    "thin": ("log", -1),
    "common": ("plain", 1),
    "moving": ("plain", 1),
    "standing": ("plain", 1),
    "solid": ("plain", 1),
    "salient": ("plain", 1),
    "edges": ("plain", 1),
}
"""How an input is rescaled, and whether more of it means a better mask (+1) or a worse one."""
REGRESSORS = {
    "one_side": (("first", "last"), ("merged_expected", "islands", "jump", "steps")),
    "proposal": (
        ("proposal",),
        ("common", "moving", "standing", "solid", "salient", "edges"),
    ),
    "two_sides": (
        ("every20",),
        ("merged_expected", "agree", "drift", "islands", "thin"),
    ),
    "one_side_corrected": (
        ("first.corrected", "last.corrected"),
        ("corrected_expected", "weakest", "steps", "apart"),
    ),
    "two_sides_corrected": (
        ("every20.corrected", "every40.corrected"),
        ("corrected_expected", "agree", "drift"),
    ),
}
"""The runs that each is fitted on and its inputs: chosen one by one, as long as the held-out
sequences gained."""


class _Quiet:
    def checkpoint(self) -> None: ...

    def note(self, text: str) -> None: ...


def gather_clip(
    place: Path, protocol: str, corrected: bool
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Names, features [N, F], true J [N], frames [N] of one run."""
    with open_media(place / "frames") as media, CachedReader(media, 64 << 20) as reader:
        truth = FolderTruth(place / "masks", media)
        masks = [truth.labels(f) for f in range(len(media))]
        n = len(masks)
        shown = [f for f, m in enumerate(masks) if m is not None and (m == 1).any()]
        name, _, step = protocol.partition(":")
        keys = {"first": [shown[0]], "last": [shown[-1]], "every": [0]}[name]
        if name == "every":
            keys = sorted({*range(0, n, int(step)), n - 1})
        request = FillRequest(
            tuple(f for f in range(0, n, SPARSE if corrected else 1) if f not in keys),
            tuple(KeyFrame(f, masks[f], frozenset({1})) for f in keys),
            (1,),
        )
        rows, told = [], {}

        def watch(
            frame: int,
            merged: Estimate,
            a: Estimate | None,
            b: Estimate | None,
            made: Estimate | None,
        ) -> None:
            if merged.mask.any() and (made is None or made.mask.any()):
                told[frame] = describe(merged, a, b, made)

        helpers = networks(name != "every") if corrected else {}
        for result in Engine(reader, request, _Quiet(), watch, **helpers).run():
            true, made = masks[result.frame] == 1, result.label_map == 1
            union = int((true | made).sum())
            j = int((true & made).sum()) / union if union else 1.0
            rows.append((result.frame, j, result.quality[1]))
    names = list(next(iter(told.values())))
    blank = dict.fromkeys(names, np.nan)
    table = np.array([[told.get(f, blank)[k] for k in names] for f, _, _ in rows], np.float32)
    return names, table, np.array([j for _, j, _ in rows]), np.array([[f, q] for f, _, q in rows])


def networks(one_sided: bool) -> dict[str, Any]:
    """What the default backends give the engine: advisers around key frames, and the refiner."""
    from annotator.backends.networks.guided import advisers
    from annotator.backends.networks.refined import correction

    found = {"corrector": correction(str(shipped_weights() / "refiner.safetensors"), "cpu")}
    if one_sided:
        found["advisers"] = advisers(str(shipped_weights() / "npmca.safetensors"), "cpu")
    return found


def gather_proposals(place: Path) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """As `gather_clip`, of all first-mask proposals on frames that show the object."""
    rows, truths, at = [], [], []
    with open_media(place / "frames") as media, CachedReader(media, 64 << 20) as reader:
        truth = FolderTruth(place / "masks", media)
        frames = spread(range(len(media)))
        glances = list(look(reader, frames, _Quiet()))
        common = CommonColours(glances)
        for frame, glanced in zip(frames, glances, strict=True):
            labels = truth.labels(frame)
            if labels is None or not (labels == 1).any():
                continue
            height, width = glanced.lab.shape[:2]
            true = cv2.resize((labels == 1).astype(np.uint8), (width, height), None, 0, 0, 3) > 0
            for _, one, told in candidates(glanced, common.find(glanced)):
                rows.append(told)
                truths.append(overlap(one.mask, true))
                at.append([frame, np.nan])
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows], np.float32)
    return names, table, np.array(truths), np.array(at)


def gather(
    data: Path, out: Path, sequences: list[str], protocols: list[str], corrected: bool
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for protocol in protocols:
        for sequence in sequences:
            how = ".corrected" if corrected else ""
            file = out / f"{sequence}.{protocol.replace(':', '')}{how}.npz"
            if file.exists():
                continue
            place = data / sequence
            names, table, j, frames = (
                gather_proposals(place)
                if protocol == "proposal"
                else gather_clip(place, protocol, corrected)
            )
            np.savez(file, names=names, table=table, j=j, frames=frames)
            print(sequence, protocol, round(float(j.mean()), 3), flush=True)


@dataclass(frozen=True, slots=True)
class Table:
    """Masks of many clips: inputs [N, F], true J [N], clip names [N], weights [N]."""

    names: list[str]
    inputs: np.ndarray
    j: np.ndarray
    clips: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Long clips count more, but only as the root of their length."""
        _, index, counts = np.unique(self.clips, return_inverse=True, return_counts=True)
        return counts[index] ** -0.5


def read_table(cache: Path, patterns: tuple[str, ...], names: tuple[str, ...]) -> Table:
    inputs, j, clips = [], [], []
    for pattern in patterns:
        for file in sorted(cache.glob(f"*.{pattern}.npz")):
            data = np.load(file)
            known = ~np.isnan(data["table"][:, 0])
            at = [data["names"].tolist().index(name) for name in names]
            inputs.append(data["table"][known][:, at].astype(float))
            j.append(data["j"][known])
            clips += [file.name.split(".")[0]] * int(known.sum())
    return Table(list(names), np.concatenate(inputs), np.concatenate(j), np.array(clips))


def train(table: Table, rows: np.ndarray) -> Regressor:
    """Logistic regression with a fixed sign for every input: what tells of errors on one kind of
    clips and the other way round on another gets no weight."""
    scales = tuple(INPUTS[name][0] for name in table.names)
    signs = np.array([INPUTS[name][1] for name in table.names], float)
    x = np.stack([rescale(s, table.inputs[rows, i]) for i, s in enumerate(scales)], 1)
    y, share = table.j[rows], table.weights[rows] / table.weights[rows].sum()
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z = np.clip((x - mean) / deviation, -FAR, FAR)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        weights = signs * theta[:-1]
        p = np.clip(1 / (1 + np.exp(-(z @ weights + theta[-1]))), 1e-9, 1 - 1e-9)
        entropy = -(share * (y * np.log(p) + (1 - y) * np.log(1 - p))).sum()
        slope = share * (p - y)
        step = np.append(signs * (z.T @ slope) + 2 * DECAY * theta[:-1], slope.sum())
        return float(entropy + DECAY * (theta[:-1] ** 2).sum()), step

    start = np.append(np.full(len(signs), 0.1), 0)
    bounds = [(0, None)] * len(signs) + [(None, None)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    straight = np.array([[0.0, 0.0], [1.0, 1.0]])
    return Regressor(
        tuple(table.names),
        scales,
        mean,
        deviation,
        signs * found[:-1],
        float(found[-1]),
        straight,
    )


def held_out(table: Table) -> np.ndarray:
    """Raw estimates [N], each by a regressor that never saw its clip."""
    clips, found = np.unique(table.clips), np.zeros(len(table.j))
    for fold in range(FOLDS):
        out = np.isin(table.clips, clips[fold::FOLDS])
        found[out] = train(table, np.flatnonzero(~out)).raw(table.inputs[out])
    return found


def calibration(raw: np.ndarray, table: Table) -> np.ndarray:
    """Knots [K, 2] of an isotonic regression of true J on the held-out estimates."""
    order = np.argsort(raw)
    x, y, w = raw[order], table.j[order], table.weights[order]
    blocks = isotonic_regression(y, weights=w).blocks
    groups = [np.arange(a, b) for a, b in itertools.pairwise(blocks)]
    knots: list[tuple[float, float, float]] = []
    for group in groups:
        entry = np.average(x[group], weights=w[group]), np.average(y[group], weights=w[group])
        share = w[group].sum() / w.sum()
        if knots and knots[-1][2] < 0.03:  # too few to stand alone
            old = knots.pop()
            total = old[2] + share
            mixed = [(old[i] * old[2] + entry[i] * share) / total for i in (0, 1)]
            knots.append((mixed[0], mixed[1], total))
        else:
            knots.append((*entry, share))
    inner = [(a, b) for a, b, _ in knots]
    # The ends keep a slope, so that the order of the best and the worst is not lost.
    first, last = inner[0], inner[-1]
    ends = (0.0, first[1] * 0.5), (1.0, (1 + last[1]) / 2)
    return np.array([ends[0], *inner, ends[1]])


def fit(cache: Path, out: Path, only: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in only:
        patterns, inputs = REGRESSORS[name]
        table = read_table(cache, patterns, inputs)
        raw = held_out(table)
        knots = calibration(raw, table)
        tuned = np.interp(raw, knots[:, 0], knots[:, 1])
        print(name, len(table.j), "held out:", measure(tuned, table.j))
        final = replace(train(table, np.arange(len(table.j))), knots=knots)
        (out / f"{name}.toml").write_text(
            final.to_text(
                "Expected J of masks without a known truth; made by tools/fit_quality.py on\n"
                "30 training sequences of DAVIS-2016 (CC BY-NC 4.0) at 480x270."
            ),
            "utf-8",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("gather")
    one.add_argument("--data", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--sequences", nargs="+", required=True)
    one.add_argument("--protocols", nargs="+")
    one.add_argument("--corrected", action="store_true")
    two = verbs.add_parser("fit")
    two.add_argument("--cache", type=Path, required=True)
    two.add_argument("--out", type=Path, required=True)
    two.add_argument("--only", nargs="+", choices=REGRESSORS, default=list(REGRESSORS))
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.verb == "fit":
        fit(asked.cache, asked.out, asked.only)
        return
    protocols = asked.protocols or (CORRECTED if asked.corrected else PROTOCOLS)
    gather(asked.data, asked.out, asked.sequences, protocols, asked.corrected)


if __name__ == "__main__":
    main()
