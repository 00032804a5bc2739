"""A table of how many pixels each object has on each frame, as CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from annotator.core.options import Option
from annotator.io.atomic import atomic_file
from annotator.io.formats.base import ExportReport, FormatCard, IoControl, LabelSource, Options


class AreasExporter:
    """Writes one line per frame; nothing is written where the export is cancelled."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        comma = options["separator"]
        with atomic_file(out) as part, part.open("w", encoding="utf-8") as file:
            names = [item.name for item in source.objects]
            file.write(comma.join(["frame", *names]) + "\n")
            for done, frame in enumerate(source.frames, start=1):
                control.checkpoint()
                counts = np.bincount(source.label_map(frame).ravel(), minlength=256)
                areas = [str(counts[item.id]) for item in source.objects]
                file.write(comma.join([str(frame), *areas]) + "\n")
                control.progress(done, len(source.frames))
        return ExportReport((out,), len(source.frames))


def register_formats(register: Callable[..., None]) -> None:
    """Called once by the application."""
    card = FormatCard(
        id="areas",
        title="Areas (CSV)",
        extensions=(".csv",),
        can_import=False,
        can_export=True,
        lossless=False,
        loses="all but the number of pixels",
        description="A table of how many pixels each object has on each frame.",
        single_file=True,
        options=(Option("separator", "Separator", ";", "Between two columns."),),
        least_iou=None,
    )
    register(card, exporter="strokeflow_areas:AreasExporter")
