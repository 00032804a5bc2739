"""The verbs that keep a project: as one file and back, its masks cleaned up; the work is in
`cli.verbs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.base import Frames, Json, Project, app
from annotator.cli.output import parse_ids, parse_range
from annotator.core.errors import RequestError


@app.command()
def pack(
    project: Project,
    out: Annotated[
        Path | None, typer.Option(help="file to write; default: NAME.strokeflowz beside it")
    ] = None,
    media: Annotated[
        bool,
        typer.Option(
            "--media/--no-media",
            help="with the media; those in the project folder always come along",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """A copy of the project as one file (a ZIP), also while it is open in a window."""
    from annotator.cli.verbs import packing as verbs

    verbs.pack(project, out, media, as_json)


@app.command()
def unpack(
    file: Annotated[Path, typer.Argument(help="NAME.strokeflowz file")],
    out: Annotated[
        Path | None, typer.Option(help="project to make; default: NAME.strokeflow beside it")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a project of a packed one; nothing that is there is replaced."""
    from annotator.cli.verbs import packing as verbs

    verbs.unpack(file, out, as_json)


@app.command()
def clean(
    project: Project,
    grow: Annotated[int, typer.Option(help="by N pixels", min=0, max=100)] = 0,
    shrink: Annotated[int, typer.Option(help="by N pixels", min=0, max=100)] = 0,
    smooth: Annotated[int, typer.Option(help="radius in pixels", min=0, max=100)] = 0,
    fill_holes: Annotated[
        int | None, typer.Option(help="all, or those up to AREA pixels", metavar="[AREA]", min=0)
    ] = None,
    remove_islands: Annotated[
        int | None,
        typer.Option(
            help="all parts but the largest, or those below AREA pixels", metavar="[AREA]", min=0
        ),
    ] = None,
    objects: Annotated[str | None, typer.Option(help="only these objects: 1,2")] = None,
    frames: Frames = None,
    drawn: Annotated[
        bool, typer.Option("--drawn", help="also masks that a person drew, corrected or imported")
    ] = False,
    as_json: Json = False,
) -> None:
    """Reshape the masks of many frames, as one undo step: islands, holes, smooth, grow or shrink.

    A model's mask stays the model's; locked masks never change, nor do other objects' pixels.
    """
    from annotator.cli.verbs import clean as verbs

    if grow and shrink:
        raise RequestError("--grow and --shrink exclude each other.", "Leave out one of them.")
    shape = verbs.Cleaning(remove_islands, fill_holes, smooth, grow - shrink)
    chosen = parse_ids(objects, "objects")
    verbs.clean(project, shape, chosen, parse_range(frames), drawn, as_json)
