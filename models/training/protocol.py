"""The semi-supervised pipeline of Yan et al. (ICCV 2019) from sparse labels to a judged network.

For every plan (each N-th label, M pseudo-labels between two of them), one stage after another:

1. RCRNet on the kept labels as single images,
2. FGPLG on triples of kept labels, started from 1,
3. pseudo-labels by 2, each made from the two kept labels around it,
4. RCRNet+NER on both, started from 1,
5. maps of other videos by 4, and their measures.

Each stage leaves its result in its own folder; what is there is not made again. Plans that keep the
same labels share the stages 1 and 2.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from models import loading
from models.flow import create
from models.metrics.saliency import Evaluator
from models.rcrnet.fgplg import FGPLG
from models.rcrnet.ner import NER
from models.rcrnet.predict import predict_between, predict_video
from models.rcrnet.recipe import pseudo_label_frames
from models.training import motion, run
from models.training import state as storage
from models.training.data import VOID, Video, read_image, read_mask, read_specs
from models.training.errors import TrainingError
from models.training.recipe import load_recipe

RESULT = "result.json"
TABLE = "table.md"
_STAGES = ("rcrnet", "fgplg", "ner")


@dataclass(frozen=True, slots=True)
class Plan:
    """Of the labels every `every`-th is kept, and `between` pseudo-labels come into each gap."""

    every: int
    between: int

    @property
    def name(self) -> str:
        return f"every-{self.every}-pseudo-{self.between}"


def read_plan(text: str) -> Plan:
    """`EVERY:BETWEEN`, as 20:7. Raises TrainingError."""
    every, colon, between = text.partition(":")
    if not (colon and every.isdigit() and between.isdigit() and 0 <= int(between) < int(every)):
        raise TrainingError(
            f"'{text}' is no plan.",
            "Write EVERY:BETWEEN, as 20:7; there must be room for the pseudo-labels.",
        )
    return Plan(int(every), int(between))


@dataclass(frozen=True, slots=True)
class Study:
    """One call of the protocol.

    Attributes:
        data, test: folders of videos, see `models.training.data`, without `every` and `pseudo`.
        out: folder of all stages; a call with the same one goes on.
        plans: one after another.
        recipes: presets of rcrnet, fgplg and ner.
        changes: fields to replace in all three recipes.
        accelerator: as Lightning Fabric takes it.
    """

    data: str
    test: str
    out: Path
    plans: tuple[Plan, ...]
    recipes: tuple[str, str, str] = ("rcrnet-compact", "fgplg-compact", "ner-compact")
    changes: dict[str, Any] = field(default_factory=dict)
    accelerator: str = "auto"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`labels` and `pseudo` of all `frames`, and the measures of the last stage."""

    plan: str
    frames: int
    labels: int
    pseudo: int
    max_f: float
    s: float
    mae: float


Report = Callable[[str, run.Progress], None]


def conduct(study: Study, report: Report = lambda *_: None) -> list[Outcome]:
    """All plans; writes `RESULT` of each and `TABLE`. Raises TrainingError."""
    outcomes = []
    for plan in study.plans:
        place = study.out / plan.name
        if not (place / RESULT).is_file():
            outcome = _conduct(study, plan, place, report)
            part = place / (RESULT + ".part")
            part.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
            part.replace(place / RESULT)
        outcomes.append(Outcome(**json.loads((place / RESULT).read_text(encoding="utf-8"))))
        (study.out / TABLE).write_text(table(outcomes), encoding="utf-8")
    return outcomes


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: share of true labels against the measures."""
    lines = ["| plan | true labels | pseudo-labels | maxF | S | MAE |", "|---|---|---|---|---|---|"]
    for o in outcomes:
        share = f"{o.labels} ({o.labels / o.frames:.0%})"
        lines.append(
            f"| {o.plan} | {share} | {o.pseudo} | {o.max_f:.3f} | {o.s:.3f} | {o.mae:.3f} |"
        )
    return "\n".join(lines) + "\n"


def _conduct(study: Study, plan: Plan, place: Path, report: Report) -> Outcome:
    sparse = _with(study.data, every=plan.every)
    shared = study.out / f"every-{plan.every}"
    image = _trained(study, 0, (sparse,), shared, "", report)
    data = (sparse,)
    if plan.between:
        pair = _trained(study, 1, (sparse,), shared, image, report)
        _make_pseudo_labels(read_specs([sparse]).videos, plan, Path(pair), place / "pseudo")
        data = (_with(sparse, pseudo=place / "pseudo"),)
    clip = _trained(study, 2, data, place, image, report, between=plan.between)
    videos = read_specs(data).videos
    return Outcome(
        plan.name,
        sum(len(v.frames) for v in videos),
        sum(len(v.masks) - len(v.pseudo) for v in videos),
        sum(len(v.pseudo) for v in videos),
        **_judged(Path(clip), read_specs([study.test]).videos),
    )


def _with(spec: str, **options: object) -> str:
    more = "&".join(f"{k}={v}" for k, v in options.items())
    return spec + ("&" if "?" in spec else "?") + more


def _trained(
    study: Study,
    stage: int,
    data: tuple[str, ...],
    place: Path,
    start: str,
    report: Report,
    between: int = 0,
) -> str:
    """File with the weights of a stage; trained, gone on with, or there."""
    name = _STAGES[stage]
    out = place / name
    weights = out / run.WEIGHTS
    if weights.is_file():
        return str(weights)
    changes = dict(study.changes)
    if between:
        given = load_recipe(study.recipes[stage]).sampling
        # A clip is one gap: two labels and the pseudo-labels between them.
        changes["sampling"] = {**given, **changes.get("sampling", {}), "length": between + 2}
    order = run.Order(
        data,
        out,
        study.recipes[stage],
        start=start,
        resume=True,
        accelerator=study.accelerator,
        changes=changes,
    )
    run.train(order, lambda progress: report(f"{place.name}: {name}", progress))
    return str(weights)


def _load(path: Path) -> tuple[nn.Module, tuple[int, int]]:
    """A trained network in evaluation mode and the (height, width) it was trained at."""
    told = storage.read(path)[1]
    net = loading.load(told["model"], load_file(path), json.loads(told["config"])).eval()
    height, width = json.loads(told["recipe"])["size"]
    return net, (height, width)


def _make_pseudo_labels(videos: Sequence[Video], plan: Plan, weights: Path, out: Path) -> None:
    """Masks as PNG, a folder per video, named as the frames; those that are there stay."""
    net, size = _load(weights)
    assert isinstance(net, FGPLG)
    flow = create("dis")
    for video in videos:
        folder = out / video.name
        folder.mkdir(parents=True, exist_ok=True)
        for previous, following in pairwise(sorted(video.masks)):
            ends = [_fitted(video, frame, size) for frame in (previous, following)]
            for frame in pseudo_label_frames(previous, following, plan.between):
                target = folder / f"{video.frames[frame].stem}.png"
                if frame in video.masks or target.is_file():
                    continue
                whole = read_image(video.frames[frame])
                now = motion.fit(whole, whole[..., 0], size)[0]
                flows = np.stack([flow(now, image) for image, _ in ends]).transpose(0, 3, 1, 2)
                labels = np.stack([mask for _, mask in ends]).astype(np.float32)
                found = predict_between(net, now[None], labels[None], flows[None], size)[0]
                mask = (found > 0.5).astype(np.uint8) * 255
                shape = (whole.shape[1], whole.shape[0])
                picture = Image.fromarray(mask).resize(shape, Image.Resampling.NEAREST)
                part = target.with_suffix(".part")
                picture.save(part, "PNG")
                part.replace(target)


def _fitted(
    video: Video, frame: int, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    mask = read_mask(video.masks[frame])
    inside = ((mask > 0) & (mask != VOID)).astype(np.uint8)
    return motion.fit(read_image(video.frames[frame]), inside, size)


def _judged(weights: Path, videos: Sequence[Video]) -> dict[str, float]:
    net, size = _load(weights)
    assert isinstance(net, NER)
    judge = Evaluator()
    with torch.inference_mode():
        for video in videos:
            maps = predict_video(net, (read_image(f) for f in video.frames), size=size)
            for index, found in enumerate(maps):
                if index in video.masks:
                    mask = read_mask(video.masks[index])
                    judge.add(found, (mask > 0) & (mask != VOID))
    scores = judge.scores()
    return {"max_f": float(scores.max_f), "s": float(scores.s), "mae": float(scores.mae)}
