"""One page of small frames with their objects coloured in, to look a clip over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from annotator.core.errors import FormatError
from annotator.io.atomic import atomic_file
from annotator.io.formats.base import ExportReport, IoControl, LabelSource, Options
from annotator.io.formats.framemap import MapWriter
from annotator.io.formats.overlay import draw_overlay
from annotator.io.formats.writing import file_target

_GAP = 8
_TEXT = 16
_OPACITY = 0.5


class ContactSheetExporter:
    """Writes a PNG or a PDF, and NAME.frames.json beside it."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        out = file_target(out, "contact-sheet.png", source.media)
        kind = {".png": "PNG", ".pdf": "PDF"}[out.suffix.lower()]
        wanted = min(options["pictures"], len(source.frames))
        spread = np.linspace(0, len(source.frames) - 1, wanted).round().astype(int)
        frames = [source.frames[i] for i in sorted(set(spread.tolist()))]
        sidecar = out.with_suffix(".frames.json")
        with (
            atomic_file(sidecar) as map_part,
            atomic_file(out) as part,
            MapWriter(map_part, source, "contact-sheet") as frame_map,
        ):
            columns = min(options["columns"], len(frames))
            sheet = _Sheet(source, columns, len(frames), options["width"])
            for done, frame in enumerate(frames):
                control.checkpoint()
                sheet.put(done, source, frame)
                frame_map.add(frame, [out.name])
                control.progress(done + 1, len(frames))
            sheet.page.save(part, kind)
        left = len(source.frames) - len(frames)
        notes = (f"{left} frames between those shown were left out.",) if left else ()
        return ExportReport((out, sidecar), len(frames), notes)


class _Sheet:
    """A page with room for `count` frames."""

    def __init__(self, source: LabelSource, columns: int, count: int, width: int) -> None:
        size = source.media.size
        self._columns = columns
        self._width = width
        self._height = max(1, round(width * size.height / size.width))
        rows = -(-count // columns)
        shape = (
            _GAP + columns * (width + _GAP),
            _GAP + rows * (self._height + _TEXT + _GAP),
        )
        if shape[0] * shape[1] > 1 << 27:
            raise FormatError("The page would be too large.", "Choose fewer or smaller frames.")
        self.page = PilImage.new("RGB", shape, "white")
        self._pen = ImageDraw.Draw(self.page)
        self._font = ImageFont.load_default(_TEXT - 4)

    def put(self, place: int, source: LabelSource, frame: int) -> None:
        row, column = divmod(place, self._columns)
        x = _GAP + column * (self._width + _GAP)
        y = _GAP + row * (self._height + _TEXT + _GAP)
        image = draw_overlay(
            source.reader.read(frame), source.label_map(frame), source.objects, _OPACITY
        )
        small = PilImage.fromarray(image).resize(
            (self._width, self._height), PilImage.Resampling.BOX
        )
        self.page.paste(small, (x, y))
        caption = f"{frame}  {source.media.seconds(frame):.2f} s"
        self._pen.text((x, y + self._height + 1), caption, fill="black", font=self._font)
