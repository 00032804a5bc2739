"""Cut-outs: the picture with its objects opaque, as PNGs or as ProRes 4444.

Alpha is straight: colours are not multiplied by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from annotator.core.errors import FormatError, RequestError
from annotator.core.types import VOID, Image
from annotator.io.formats.base import ExportReport, IoControl, LabelSource, Options
from annotator.io.formats.classes import each_frame
from annotator.io.formats.fidelity import Fidelity
from annotator.io.formats.overlay import BT709, state_bt709, ticks_shown
from annotator.io.formats.writing import Encoder, document_folder, export_folder, write_frames

_VIDEO = "alpha.mov"
_BAND = np.ones((11, 11), np.uint8)
"""Soft maps count within five pixels of the outline."""


class AlphaExporter:
    """Writes NAME.png per frame, or alpha.mov with every frame at its own time."""

    def export(
        self, source: LabelSource, out: Path, control: IoControl, options: Options
    ) -> ExportReport:
        chosen = options["object"]
        ids = [item.id for item in source.objects if chosen in (0, item.id)]
        if not ids:
            raise RequestError(f"There is no object {chosen}.", "Choose another one, or 0 for all.")
        fidelity = Fidelity(together=True)
        if options["kind"] == "prores":
            with document_folder(out, source, "alpha") as (folder, frame_map):
                try:
                    _write_video(source, ids, folder / _VIDEO, control, fidelity)
                except av.FFmpegError as error:
                    if isinstance(error, OSError) and error.errno:
                        raise OSError(error.errno, error.strerror) from error
                    raise FormatError(
                        f"The video cannot be written: {error.strerror}.", "Try PNGs."
                    ) from error
                for frame in source.frames:
                    frame_map.add(frame, [_VIDEO])
            return ExportReport((out,), len(source.frames), fidelity.notes())
        deep = options["kind"] == "png16"

        def plan(frame: int) -> Mapping[str, Encoder]:
            alpha = _measured(source, frame, ids, fidelity)
            name = f"{source.media.names[frame]}.png"
            return {name: partial(_encode, source.reader.read(frame), alpha, deep)}

        with export_folder(out) as folder:
            count = write_frames(source, folder, control, "alpha", plan)
        return ExportReport((out,), count, fidelity.notes())


def _measured(
    source: LabelSource, frame: int, ids: list[int], fidelity: Fidelity
) -> NDArray[np.uint16]:
    """`alpha_map`, and how well its upper half shows the masks."""
    alpha = alpha_map(source, frame, ids)
    shown = np.zeros(256, np.bool_)
    shown[[i for i in ids if i != VOID]] = True
    fidelity.add(shown[source.label_map(frame)], alpha > 32767)
    return alpha


def alpha_map(source: LabelSource, frame: int, ids: list[int]) -> NDArray[np.uint16]:
    """uint16 [H, W]: how opaque the strongest of the objects is, 0 to 65535.

    Soft along the outline where there are soft maps, else 0 or 65535 from the masks. Deep inside a
    mask nothing shines through, however unsure the backend was.
    """
    label_map = source.label_map(frame)
    table = np.zeros(256, np.uint16)
    soft = {i: values for i in ids if (values := source.soft(frame, i)) is not None}
    table[[i for i in ids if i not in soft and i != VOID]] = 65535
    alpha: NDArray[np.uint16] = table[label_map]
    for object_id, values in soft.items():
        scaled = np.rint(np.clip(values, 0.0, 1.0) * 65535.0).astype(np.uint16)
        inside = cv2.erode((label_map == object_id).astype(np.uint8), _BAND, borderValue=1)
        scaled[inside > 0] = 65535
        np.maximum(alpha, scaled, out=alpha)
    return alpha


def _rgba(image: Image, alpha: NDArray[np.uint16], deep: bool) -> NDArray[Any]:
    """[H, W, 4] of 8 or 16 bits."""
    if not deep:
        return np.dstack((image, ((alpha + np.uint32(128)) // 257).astype(np.uint8)))
    return np.dstack((image.astype(np.uint16) * 257, alpha))


def _encode(image: Image, alpha: NDArray[np.uint16], deep: bool) -> bytes:
    # OpenCV, because Pillow has no 16-bit colour; it wants blue first.
    picture = _rgba(image, alpha, deep)[..., [2, 1, 0, 3]]
    done, data = cv2.imencode(
        ".png", np.ascontiguousarray(picture), [cv2.IMWRITE_PNG_COMPRESSION, 1]
    )
    if not done:
        raise FormatError("A PNG could not be made.", "Try another kind.")
    return data.tobytes()


def _write_video(
    source: LabelSource, ids: list[int], path: Path, control: IoControl, fidelity: Fidelity
) -> None:
    media = source.media
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("prores_ks", rate=Fraction(media.fps))
        stream.width, stream.height = media.size
        stream.pix_fmt = "yuva444p10le"
        stream.codec_context.sample_aspect_ratio = media.pixel_aspect
        state_bt709(stream.codec_context)
        stream.options = {"profile": "4444", "alpha_bits": "16"}
        stream.time_base = stream.codec_context.time_base = media.time_base
        for frame in each_frame(source, control):
            picture = np.ascontiguousarray(
                _rgba(source.reader.read(frame), _measured(source, frame, ids, fidelity), True)
            )
            shown = VideoFrame.from_ndarray(picture, format="rgba64le")
            shown = shown.reformat(
                format="yuva444p10le",
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            # What ProRes says of itself, beside what the container says.
            shown.color_primaries = shown.color_trc = BT709
            shown.pts = int(media.ticks[frame] - media.ticks[source.frames[0]])
            shown.duration = ticks_shown(media, frame)
            shown.time_base = media.time_base
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
