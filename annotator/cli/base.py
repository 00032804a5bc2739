"""The command line as such, and the options that many verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import annotator

app = typer.Typer(
    name="strokeflow",
    help="From a few scribbles or masks to a dense, reviewed label set for every frame of a video.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Project = Annotated[Path, typer.Argument(help="NAME.strokeflow folder")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout")]
FormatOption = Annotated[
    list[str] | None, typer.Option(help="NAME=VALUE of the format, see 'formats --json'")
]
Frames = Annotated[str | None, typer.Option("--frames", help="A:B, the end not included")]


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"strokeflow {annotator.__version__}")
        raise typer.Exit


@app.callback()
def _every_verb(
    _version: Annotated[
        bool, typer.Option("--version", help="which version this is", callback=_tell_version)
    ] = False,
) -> None:
    """Options of the command line as a whole."""
