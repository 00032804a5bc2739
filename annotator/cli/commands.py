"""The verbs about projects, with their options (the contract of DESIGN.md); the work is in
`cli.verbs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.base import FormatOption, Frames, Json, Project, app
from annotator.cli.output import parse_ids, parse_range
from annotator.core.errors import RequestError


@app.command()
def gui(
    path: Annotated[list[str] | None, typer.Argument(help="VIDEO, FOLDER or PROJECT")] = None,
) -> int:
    """Open the window (also: strokeflow [VIDEO|FOLDER|PROJECT])."""
    from annotator.cli.verbs.gui import open_window

    return open_window(path or [])


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="folder for what it makes")] = Path("demo_out"),
    no_gui: Annotated[bool, typer.Option("--no-gui", help="do not open the window")] = False,
    backend: Annotated[
        str | None, typer.Option(help="for all that it can do, e.g. embedded")
    ] = None,
    as_json: Json = False,
) -> int:
    """The main job end to end on a sample clip; prints what it made and how good it is."""
    from annotator.cli.verbs.demo import demo as run_demo

    return run_demo(out, not no_gui, backend, as_json)


@app.command()
def new(
    project: Annotated[Path, typer.Argument(help="name of the project to make")],
    media: Annotated[Path, typer.Option(help="video file or image folder")],
    as_json: Json = False,
) -> None:
    """Make an empty project for a video or an image folder."""
    from annotator.cli.verbs import project as verbs

    verbs.new(project, media, as_json)


@app.command()
def info(project: Project, as_json: Json = False) -> None:
    """Frames, size, objects, cells by provenance, quality; or what is in a NAME.strokeflowz."""
    from annotator.cli.verbs import project as verbs

    verbs.info(project, as_json)


@app.command()
def locate(
    project: Project,
    media: Annotated[Path, typer.Option(help="where they are now, or a folder that holds them")],
    as_json: Json = False,
) -> None:
    """Tell a project where its media are now; they must be the same."""
    from annotator.cli.verbs import project as verbs

    verbs.locate(project, media, as_json)


@app.command()
def embed(project: Project, as_json: Json = False) -> None:
    """Copy the media into the project folder, which can then be moved as a whole."""
    from annotator.cli.verbs import project as verbs

    verbs.embed(project, as_json)


@app.command(name="import")
def import_(
    project: Project,
    src: Annotated[Path, typer.Argument(help="file or folder to read")],
    format_id: Annotated[str, typer.Option("--format", help="see 'strokeflow formats'")],
    frames: Annotated[str | None, typer.Option(help="only these frames: 0,10,20")] = None,
    every: Annotated[int | None, typer.Option(help="only every Nth frame, and the last")] = None,
    range_: Annotated[str | None, typer.Option("--range", help="only the frames A:B")] = None,
    option: FormatOption = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="ID or NAME in the file = an object's id, new, void or skip"),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="replace human and imported masks too; one step")
    ] = False,
    look: Annotated[
        bool, typer.Option("--look", help="only list its objects and what they would meet")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read masks or scribbles as key frames. Human and imported cells change only with --overwrite,
    locked ones never."""
    from annotator.cli.verbs import labels

    if look:
        labels.look(project, format_id, src, option, map_, as_json)
        return
    asked = parse_range(range_)
    labels.import_labels(
        project, format_id, src, frames, every, asked, option, map_, overwrite, as_json
    )


@app.command(name="run")
def run_(
    project: Project,
    task: Annotated[
        str,
        typer.Argument(
            help="saliency | propagate | interpolate | cosaliency | auto | refresh | suggest"
        ),
    ],
    backend: Annotated[str | None, typer.Option(help="see 'strokeflow backends'")] = None,
    flow: Annotated[
        str | None, typer.Option(help="dis | ptlflow:NAME, see models list --flows")
    ] = None,
    frames: Annotated[
        str | None, typer.Option(help="A:B, the end not included; cosaliency and auto also 3,8,20")
    ] = None,
    direction: Annotated[str, typer.Option(help="forward | backward | both")] = "both",
    objects: Annotated[str | None, typer.Option(help="only these objects: 1,2")] = None,
    device: Annotated[str, typer.Option(help="auto | cpu | cuda | mps")] = "auto",
    fit: Annotated[
        int, typer.Option(help="first fit the network on the project's frames, in STEPS", min=0)
    ] = 0,
    fit_seconds: Annotated[float, typer.Option(help="time limit of the fit, 0 = none", min=0)] = 0,
    option: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of the backend, see 'backends --json'")
    ] = None,
    count: Annotated[int, typer.Option(help="how many frames 'suggest' names", min=1)] = 5,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with an interrupted run as it was begun")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a backend fill frames; human, corrected, imported and locked cells are never changed.

    'auto' finds the object by itself. 'refresh' makes only those masks anew that are older than a
    key frame which governs them. 'suggest' fills nothing: it names frames to annotate.
    """
    from annotator.backends.registry import TASKS
    from annotator.cli.verbs import run as verbs

    known = (*TASKS, "auto", verbs.REFRESH, "suggest")
    if task not in known:
        raise RequestError(f"There is no task '{task}'.", f"There are: {', '.join(known)}.")
    if task == "suggest":
        of_runs = {"--backend": backend, "--flow": flow, "--frames": frames, "--option": option,
                   "--fit": fit, "--resume": resume}  # fmt: skip
        if ignored := next((name for name, value in of_runs.items() if value), None):
            raise RequestError(f"'suggest' knows no {ignored}.", f"Leave out {ignored}.")
        verbs.suggest(project, count, parse_ids(objects, "objects"), as_json)
        return
    if task == verbs.REFRESH and resume:
        raise RequestError("'refresh' knows no --resume.", "Ask for it again: it does the rest.")
    if task == verbs.REFRESH and direction != "both":
        raise RequestError(
            "'refresh' knows no --direction.", "Leave it out: each mask has its key frames."
        )
    setup = verbs.parse_setup(backend, device, flow, option, fit, fit_seconds)
    chosen = parse_ids(objects, "objects")
    verbs.run(project, task, setup, frames, direction, chosen, resume, as_json)


@app.command()
def cosaliency(
    folder: Annotated[Path, typer.Argument(help="folder of pictures, of any sizes")],
    out: Annotated[Path, typer.Option(help="folder for the grey maps, one per picture")],
    backend: Annotated[str | None, typer.Option(help="see 'strokeflow backends'")] = None,
    device: Annotated[str, typer.Option(help="auto | cpu | cuda | mps")] = "auto",
    option: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of the backend, see 'backends --json'")
    ] = None,
    as_json: Json = False,
) -> None:
    """What the pictures of a folder have in common; without a project."""
    from annotator.cli.verbs import pictures as verbs
    from annotator.cli.verbs.run import parse_setup

    setup = parse_setup(backend, device, None, option, 0, 0)
    verbs.cosaliency(folder, out, setup, as_json)


@app.command()
def review(
    project: Project,
    worst: Annotated[int, typer.Option(help="how many frames to list", min=1)] = 10,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="list what people wrote about frames")
    ] = False,
    only_open: Annotated[bool, typer.Option("--open", help="only remarks not resolved")] = False,
    stage: Annotated[
        str | None, typer.Option(help="move the project: annotation | review | done")
    ] = None,
    assign: Annotated[str | None, typer.Option(help='who has it now, "" for nobody')] = None,
    as_json: Json = False,
) -> None:
    """Frames ranked by estimated error, the worst first; or its remarks, or its stage."""
    from annotator.cli.verbs import review as verbs

    if stage is not None or assign is not None:
        if remarks or only_open:
            raise RequestError(
                "--remarks does not go with --stage and --assign.", "Ask for one at a time."
            )
        verbs.set_stage(project, stage, assign, as_json)
    elif remarks:
        verbs.remarks(project, only_open, as_json)
    elif only_open:
        raise RequestError("--open goes with --remarks.", "Write --remarks --open.")
    else:
        verbs.worst(project, worst, as_json)


@app.command()
def suggest(
    projects: Annotated[list[Path], typer.Argument(help="projects, or folders that hold some")],
    count: Annotated[int, typer.Option(help="how many places to name", min=1)] = 10,
    also_done: Annotated[
        bool, typer.Option("--also-done", help="look at projects that are marked done, too")
    ] = False,
    as_json: Json = False,
) -> None:
    """Which frames of many projects to annotate next: those that help all of them most."""
    from annotator.cli.verbs import suggest as verbs
    from annotator.cli.verbs.dataset import projects_in
    from annotator.services.runs.survey import SurveyOrder

    verbs.suggest(SurveyOrder(projects_in(projects), count, also_done), as_json)


@app.command()
def export(
    project: Project,
    format_id: Annotated[str, typer.Option("--format", help="see 'strokeflow formats'")],
    out: Annotated[Path, typer.Option(help="folder or file to write")],
    frames: Frames = None,
    option: FormatOption = None,
    as_json: Json = False,
) -> None:
    """Write labels; an interrupted export leaves the previous one intact."""
    from annotator.cli.verbs import labels

    labels.export_labels(project, format_id, out, parse_range(frames), option, as_json)


@app.command()
def dataset(
    projects: Annotated[list[Path], typer.Argument(help="projects, or folders that hold some")],
    format_id: Annotated[str, typer.Option("--format", help="see 'strokeflow formats'")],
    out: Annotated[Path, typer.Option(help="folder to write")],
    splits: Annotated[str, typer.Option(help="shares by clip")] = "train=80,val=20",
    assign: Annotated[list[str] | None, typer.Option(help="CLIP=SPLIT, by hand")] = None,
    seed: Annotated[int, typer.Option(help="deals the clips out in another way")] = 0,
    classes: Annotated[str, typer.Option(help="only these: cat,dog")] = "",
    min_quality: Annotated[
        float, typer.Option(help="least estimated quality of a model's mask", min=0, max=1)
    ] = 0.0,
    accepted: Annotated[
        bool, typer.Option("--accepted", help="only masks that a person made or accepted")
    ] = False,
    done: Annotated[
        bool, typer.Option("--done", help="only projects that are marked done")
    ] = False,
    every: Annotated[int, typer.Option(help="every Nth usable frame", min=1)] = 1,
    unsure: Annotated[
        str, typer.Option(help="frames with a mask that is not good enough: skip | void")
    ] = "skip",
    images: Annotated[str, typer.Option(help="pictures: none | jpg | png | link")] = "jpg",
    licence: Annotated[str, typer.Option(help="note on the licence, for the README")] = "",
    option: FormatOption = None,
    as_json: Json = False,
) -> None:
    """Many projects into one data set for training; an interrupted one goes on where it was."""
    from annotator.cli.output import parse_options
    from annotator.cli.verbs import dataset as verbs
    from annotator.services.exchange.dataset import DatasetOrder, parse_splits

    order = DatasetOrder(
        projects=verbs.projects_in(projects),
        format=format_id,
        out=str(out),
        splits=parse_splits(splits),
        assigned=verbs.parse_assigned(assign),
        seed=seed,
        classes=tuple(name.strip() for name in classes.split(",") if name.strip()),
        min_quality=min_quality,
        accepted=accepted,
        done=done,
        every=every,
        unsure=unsure,
        images=images,
        licence=licence,
        options=parse_options(option),
    )
    verbs.dataset(order, as_json)


@app.command()
def batch(
    media: Annotated[
        Path,
        typer.Argument(
            metavar="LIST", help="text file, a video, image folder or project a line; or a folder"
        ),
    ],
    steps: Annotated[
        str,
        typer.Option(help="'STEP; STEP': import, run and export with their options, no project"),
    ],
    projects: Annotated[
        Path | None, typer.Option(help="where projects are made; default: beside the list")
    ] = None,
    jobs: Annotated[int, typer.Option(help="media at once, on this machine", min=1)] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="address of a Dask scheduler whose workers do it")
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(help="only projects in this stage: annotation | review | done, or A,B"),
    ] = None,
    as_json: Json = False,
) -> int:
    """The same steps for many media; an interrupted batch goes on where it was.

    --steps "import davis MASKS/{name}; propagate; export coco OUT/{name}.json"
    """
    from annotator.cli.verbs.batch import batch as run_batch

    return run_batch(media, steps, projects, jobs, scheduler, stage, as_json)


@app.command()
def report(
    project: Project,
    out: Annotated[Path, typer.Option(help="HTML file to write")],
    gt: Annotated[Path | None, typer.Option(help="folder of true masks: adds J and F")] = None,
    as_json: Json = False,
) -> None:
    """One page with plots: effort, who made which mask, quality, what is left to review."""
    from annotator.cli.verbs import report as verbs

    verbs.report(project, out, gt, as_json)


@app.command()
def formats(as_json: Json = False) -> None:
    """Label formats that can be read and written."""
    from annotator.cli.verbs import listings

    listings.formats(as_json)


@app.command()
def backends(
    project: Annotated[Path | None, typer.Argument(help="also count what was fitted on it")] = None,
    as_json: Json = False,
) -> None:
    """Backends, what each can do, what it lacks here, and what a frame cost."""
    from annotator.cli.verbs import listings

    listings.backends(project, as_json)


@app.command()
def models(
    action: Annotated[
        str, typer.Argument(help="list | fetch | import | verify | remove | terms")
    ] = "list",
    target: Annotated[
        str | None, typer.Argument(help="a model; for import a file; for terms any or commercial")
    ] = None,
    as_model: Annotated[str | None, typer.Option("--as", help="what the file is, import")] = None,
    flows: Annotated[bool, typer.Option("--flows", help="list the flow networks")] = False,
    as_json: Json = False,
) -> None:
    """Weights of the networks: what there is, what is here, and how to get the rest."""
    from annotator.cli.verbs import models as verbs

    verbs.models(action, target, as_model, flows, as_json)
