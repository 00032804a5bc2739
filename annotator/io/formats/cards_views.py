"""The cards of formats that are made to be looked at: they are written only."""

from __future__ import annotations

from annotator.core.options import Option
from annotator.io.formats.base import FormatCard

_HERE = "annotator.io.formats"
VIEWS: tuple[tuple[FormatCard, str, str], ...] = (
    (
        FormatCard(
            id="overlay",
            title="Overlay video (MP4, WebM, GIF)",
            extensions=(".mp4", ".webm", ".gif"),
            can_import=False,
            can_export=True,
            lossless=False,
            loses="exact masks; it is made to be looked at",
            description="The video with the objects coloured in and outlined, at its own times; "
            "the ending chooses H.264 (.mp4), VP9 (.webm) or GIF.",
            single_file=True,
            options=(
                Option(
                    "opacity",
                    "Opacity",
                    0.45,
                    "How strongly objects are coloured in.",
                    minimum=0.0,
                    maximum=1.0,
                ),
                Option(
                    "width",
                    "Width",
                    0,
                    "Of the video, in pixels; 0 keeps that of the frames.",
                    minimum=0,
                    maximum=16384,
                ),
            ),
            least_iou=None,
        ),
        f"{_HERE}.overlay:OverlayExporter",
        "",
    ),
    (
        FormatCard(
            id="alpha",
            title="Cut-outs with alpha (PNG, ProRes 4444)",
            extensions=(".png", ".mov"),
            can_import=False,
            can_export=True,
            lossless=False,
            loses="which object a pixel belongs to, void pixels, names",
            description="The picture with its objects opaque and the rest transparent: soft where "
            "a backend gave soft maps; colours are not multiplied by alpha.",
            options=(
                Option(
                    "kind",
                    "Kind",
                    "png8",
                    "PNGs of 8 bits, of 16 (alpha; colours have 8), or one ProRes 4444 video.",
                    choices=("png8", "png16", "prores"),
                ),
                Option(
                    "object",
                    "Object",
                    0,
                    "The id of the object to cut out; 0 takes all of them together.",
                    minimum=0,
                    maximum=254,
                ),
            ),
            least_iou=None,
        ),
        f"{_HERE}.alpha:AlphaExporter",
        "",
    ),
    (
        FormatCard(
            id="contact-sheet",
            title="Contact sheet (PNG, PDF)",
            extensions=(".png", ".pdf"),
            can_import=False,
            can_export=True,
            lossless=False,
            loses="exact masks; it is made to be looked at",
            description="One page of small frames with their objects coloured in; the ending .pdf "
            "makes a PDF.",
            single_file=True,
            options=(
                Option(
                    "pictures", "Pictures", 24, "At most so many frames.", minimum=1, maximum=400
                ),
                Option(
                    "columns", "Columns", 4, "Frames beside one another.", minimum=1, maximum=20
                ),
                Option("width", "Width", 320, "Of a frame, in pixels.", minimum=64, maximum=1920),
            ),
            least_iou=None,
        ),
        f"{_HERE}.contact_sheet:ContactSheetExporter",
        "",
    ),
)
