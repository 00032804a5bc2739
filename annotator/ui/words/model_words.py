"""What the catalogue of models says; see `phrasebook`."""

from __future__ import annotations

from annotator.ui.i18n import QT_TR_NOOP

MODELS = (
    QT_TR_NOOP("Saliency learnt from scribbles with structure consistency."),
    QT_TR_NOOP("none stated by the authors; ask them before commercial use"),
    QT_TR_NOOP("Co-saliency: the object that a group of pictures has in common."),
    QT_TR_NOOP("RCRNet, ResNet-50, still pictures"),
    QT_TR_NOOP("Saliency of still pictures; where RCRNet+NER and FGPLG start from."),
    QT_TR_NOOP(
        "Masks between two key frames from the frame, both masks carried by flow, and how far"
        " they were carried."
    ),
    QT_TR_NOOP("MIT; the FlowNet 2 inside is not used"),
    QT_TR_NOOP("Video saliency over clips, without an annotation."),
    QT_TR_NOOP(
        "Masks from key frames to all others by matching pixels. Nothing was published; the "
        "weights that come with Strokeflow are our own, guided by optical flow. 'strokeflow "
        "train npmca' trains others."
    ),
    QT_TR_NOOP("that of the data it was trained on"),
    QT_TR_NOOP("Refiner"),
    QT_TR_NOOP(
        "Corrects the masks that the embedded methods find between key frames, from the frame"
        " and from what they were sure of. Comes with Strokeflow."
    ),
    QT_TR_NOOP("Strokes"),
    QT_TR_NOOP(
        "Corrects the masks that the embedded method makes of scribbles, from the frame, the "
        "strokes and what they corrected. Comes with Strokeflow."
    ),
    QT_TR_NOOP("Motion branch of plug-and-play adaptation"),
    QT_TR_NOOP(
        "An image saliency network fine-tuned on colour-coded flow: what stands out by its motion."
    ),
    QT_TR_NOOP(
        "that of the data it was trained on; the weights of the authors are for Caffe and "
        "cannot be used"
    ),
    QT_TR_NOOP("MIT; the weights have a licence of their own"),
)
