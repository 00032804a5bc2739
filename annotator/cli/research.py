"""The verbs that measure and train, with their options; the work is in `cli.verbs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.base import Json, app
from annotator.core.errors import RequestError


@app.command(name="eval")
def eval_(
    pred: Annotated[Path, typer.Option(help="folder of predicted masks")],
    gt: Annotated[Path, typer.Option(help="folder of true masks")],
    metrics: Annotated[
        str, typer.Option(help="j,f for masks; mae,maxf,meanf,adpf,em,maxem,adpem,sm for maps")
    ] = "j,f",
    inner: Annotated[
        bool, typer.Option("--inner", help="without first and last frames, as DAVIS-2017 has it")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="folder for JSON, Markdown and a plot of J over time")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare with the truth: masks by J and F as DAVIS has them, saliency maps by MAE, F, E, S."""
    from annotator.cli.verbs import measure

    measure.evaluate(pred, gt, metrics, inner, out, as_json)


@app.command()
def simulate(
    media: Annotated[
        Path, typer.Option(help="video or image folder, or a folder of SEQUENCE/frames")
    ],
    gt: Annotated[Path, typer.Option(help="folder of true masks, or of SEQUENCE/masks")],
    protocol: Annotated[
        str,
        typer.Option(
            help="first | every:N | spaced:N | frames:A+B | suggest:ROUNDS | robot:ROUNDS | "
            "frames-robot:A+B | suggest-robot:ROUNDS | first+suggest-robot:ROUNDS | none"
        ),
    ],
    backend: Annotated[str | None, typer.Option(help="see 'strokeflow backends'")] = None,
    flow: Annotated[
        str | None, typer.Option(help="dis | ptlflow:NAME, see models list --flows")
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="besides j,f: mae, maxf, meanf, adpf, em, maxem, adpem, sm")
    ] = "j,f",
    out: Annotated[Path | None, typer.Option(help="folder for JSON, Markdown and plots")] = None,
    as_json: Json = False,
) -> None:
    """A simulated annotator: how good would the masks be, for how much work?

    'none' is no work at all: a backend that finds objects by itself looks at the clip.
    """
    from annotator.cli.verbs import measure

    measure.simulate(media, gt, protocol, backend, flow, metrics, out, as_json)


@app.command()
def train(
    method: Annotated[
        str,
        typer.Argument(
            help="npmca | scwssod | dcfm | rcrnet | fgplg | ner | motion | refiner | strokes"
        ),
    ],
    data: Annotated[
        list[str],
        typer.Option(help="videos:|images:|scribbles:FOLDER, project:FOLDER, coco:FILE; repeat it"),
    ],
    out: Annotated[Path, typer.Option(help="folder for weights, card, curve, logs and state")],
    recipe: Annotated[str, typer.Option(help="preset or .toml file; default: METHOD's own")] = "",
    validation: Annotated[
        list[str] | None, typer.Option("--val", help="data that are only looked at")
    ] = None,
    start: Annotated[str, typer.Option(help="safetensors file to start from")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="go on with the state in --out")] = False,
    steps: Annotated[int, typer.Option(help="instead of the recipe's, 0 = its own", min=0)] = 0,
    devices: Annotated[int, typer.Option(help="GPUs or processes of this machine", min=1)] = 1,
    nodes: Annotated[int, typer.Option(help="machines", min=1)] = 1,
    device: Annotated[str, typer.Option(help="auto | cpu | cuda | mps")] = "auto",
    precision: Annotated[str, typer.Option(help="32-true | bf16-mixed | 16-mixed")] = "",
    workers: Annotated[int, typer.Option(help="processes that make samples", min=0)] = 0,
    save_seconds: Annotated[float, typer.Option(help="what a kill may cost", min=0)] = 120.0,
    keep_every: Annotated[
        int, typer.Option(help="keep the weights after every so many steps, 0 = never", min=0)
    ] = 0,
    licence: Annotated[str, typer.Option(help="of the data, for the model card")] = "",
    as_json: Json = False,
) -> None:
    """Train a network on one CPU, one GPU or many; Ctrl+C keeps what was learnt."""
    from annotator.cli.verbs import train as verbs

    order = {
        "data": tuple(data),
        "validation": tuple(validation or ()),
        "out": out,
        "recipe": recipe or method,
        "start": start,
        "resume": resume,
        "devices": devices,
        "nodes": nodes,
        "accelerator": device,
        "precision": precision,
        "changes": {"steps": steps, "epochs": 0} if steps else {},
        "workers": workers,
        "save_seconds": save_seconds,
        "keep_every": keep_every,
        "licence": licence,
    }
    verbs.train(method, order, as_json)


@app.command()
def protocol(
    name: Annotated[str, typer.Argument(help="fgplg")],
    data: Annotated[str, typer.Option(help="videos:FOLDER to train on")],
    test: Annotated[str, typer.Option(help="videos:FOLDER to judge on")],
    out: Annotated[Path, typer.Option(help="folder of all stages; the same one goes on")],
    plan: Annotated[
        list[str], typer.Option(help="EVERY:BETWEEN, labels kept and pseudo-labels; repeat it")
    ],
    steps: Annotated[int, typer.Option(help="of each stage, 0 = its recipe's", min=0)] = 0,
    size: Annotated[int, typer.Option(help="side of what is seen, 0 = the recipes'", min=0)] = 0,
    batch: Annotated[int, typer.Option(help="0 = each recipe's", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Sparse labels, FGPLG, pseudo-labels, RCRNet+NER, evaluation: a published pipeline at once."""
    from annotator.cli.verbs import train as verbs

    if name != "fgplg":
        raise RequestError(f"There is no protocol '{name}'.", "There is 'fgplg'.")
    changes: dict[str, object] = {"steps": steps, "epochs": 0} if steps else {}
    changes |= {"size": [size, size]} if size else {}
    changes |= {"batch": batch} if batch else {}
    verbs.protocol(data, test, out, plan, changes, as_json)


@app.command()
def bench(
    as_json: Json = False,
    media: Annotated[Path | None, typer.Option(help="measure the runs on this clip")] = None,
    gt: Annotated[Path | None, typer.Option(help="its true masks")] = None,
    ui: Annotated[bool, typer.Option("--ui", help="measure the window instead")] = False,
    turns: Annotated[
        bool, typer.Option("--turns", help="measure how long each command holds the window up")
    ] = False,
    networks: Annotated[
        bool, typer.Option("--networks", help="measure the networks' forward passes instead")
    ] = False,
    exports: Annotated[
        bool, typer.Option("--export", help="measure only exports and imports of large frames")
    ] = False,
) -> None:
    """Speed of every stage on this machine."""
    if networks:
        from annotator.cli.verbs.bench_networks import bench_networks

        bench_networks(as_json)
        return
    if ui or turns:
        from annotator.cli.verbs import bench_ui

        measure = bench_ui.bench_turns if turns else bench_ui.bench_ui
        measure(as_json)
        return
    from annotator.cli.verbs import bench as verbs

    if exports:
        verbs.bench_exports(as_json)
        return
    verbs.bench(as_json, media, gt)
