"""The words of the report page, for the translation. A test keeps them complete."""

from __future__ import annotations

from annotator.ui.i18n import QT_TR_NOOP, tr

_WORDS = (
    QT_TR_NOOP("en"),
    QT_TR_NOOP("{project} - Strokeflow report"),
    QT_TR_NOOP("{media}, {frames} frames of {width} × {height}"),
    QT_TR_NOOP("mean J&F"),
    QT_TR_NOOP("J&F by frame"),
    QT_TR_NOOP("no mask"),
    QT_TR_NOOP("model"),
    QT_TR_NOOP("imported"),
    QT_TR_NOOP("corrected or accepted"),
    QT_TR_NOOP("drawn"),
    QT_TR_NOOP("frames left to review"),
    QT_TR_NOOP("frames sure"),
    QT_TR_NOOP("frames without a mask"),
    QT_TR_NOOP("frames with a lock"),
    QT_TR_NOOP("frames with a hidden object"),
    QT_TR_NOOP("frames with an open remark"),
    QT_TR_NOOP("Stage"),
    QT_TR_NOOP("annotation"),
    QT_TR_NOOP("review"),
    QT_TR_NOOP("done"),
    QT_TR_NOOP("Assigned to"),
    QT_TR_NOOP("By"),
    QT_TR_NOOP("When (UTC)"),
    QT_TR_NOOP("Accepted by"),
    QT_TR_NOOP("Frames"),
    QT_TR_NOOP("Remarks"),
    QT_TR_NOOP("Remark"),
    QT_TR_NOOP("Frame"),
    QT_TR_NOOP("State"),
    QT_TR_NOOP("{open} open, {resolved} resolved"),
    QT_TR_NOOP("the first {count} are shown"),
    QT_TR_NOOP("open"),
    QT_TR_NOOP("resolved"),
    QT_TR_NOOP("somebody"),
    QT_TR_NOOP("of active work"),
    QT_TR_NOOP("clicks"),
    QT_TR_NOOP("strokes"),
    QT_TR_NOOP("commands"),
    QT_TR_NOOP("frames touched ({share} %)"),
    QT_TR_NOOP("Object"),
    QT_TR_NOOP("Clicks"),
    QT_TR_NOOP("Strokes"),
    QT_TR_NOOP("Time"),
    QT_TR_NOOP("Frames touched"),
    QT_TR_NOOP("Time per mask"),
    QT_TR_NOOP("Effort"),
    QT_TR_NOOP("Active work by frame"),
    QT_TR_NOOP("Who made which mask"),
    QT_TR_NOOP("Estimated quality"),
    QT_TR_NOOP(
        "The lowest estimate among the model's masks, by frame; where nothing stands, no "
        "model's mask is left."
    ),
    QT_TR_NOOP("All"),
    QT_TR_NOOP("{frames} frames of {place}; J and F as DAVIS defines them."),
    QT_TR_NOOP("Against the truth"),
    QT_TR_NOOP("Masks"),
    QT_TR_NOOP("Number"),
    QT_TR_NOOP("frames {first} to {last}: {word}"),
    QT_TR_NOOP("frame {frame}: {value}"),
    QT_TR_NOOP("{seconds} s"),
    QT_TR_NOOP("{minutes} min {seconds} s"),
    QT_TR_NOOP("{hours} h {minutes} min"),
)


def report_words() -> dict[str, str]:
    """Every text of the page in the person's language, by its English form."""
    return {text: tr(text) for text in _WORDS}
