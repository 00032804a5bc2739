"""The cards of the backends that ship with the application."""

from __future__ import annotations

from annotator.backends.registry import NETWORK_LIBRARIES, BackendCard, BackendRegistry
from annotator.core.options import Option

_NETWORKS = "annotator.backends.networks"
_DEVICES = ("cpu", "cuda", "mps")

_NEW_NETWORK = Option(
    "network",
    "New network",
    "compact",
    "Size of a network that is fitted from scratch; the published one is 'full'.",
    choices=("compact", "full"),
)
_START = Option(
    "start",
    "Fit starts from",
    "best",
    "'best': what was fitted or imported before; 'scratch': a new network.",
    choices=("best", "scratch"),
)


def _input_size(side: int) -> Option:
    return Option(
        "size", "Input size", side, "Side of the square picture that the network sees.", 64, 1024
    )


EMBEDDED = BackendCard(
    id="embedded",
    title="Embedded (no weights)",
    summary="Flow, colour and shape cues; works on every machine without a download.",
    factories={
        "saliency": "annotator.backends.embedded:scribbler",
        "propagate": "annotator.backends.embedded:propagator",
        "interpolate": "annotator.backends.embedded:interpolator",
        "cosaliency": "annotator.backends.embedded:cosaliency",
    },
    origin="Strokeflow; DIS optical flow (Kroeger et al., ECCV 2016) through OpenCV",
    options=(
        Option(
            "lines",
            "Lines worked on",
            480,
            "Height at which masks are carried along; fewer are faster and coarser.",
            120,
            480,
        ),
    ),
)


CONTRAST = BackendCard(
    id="contrast",
    title="Contrast and motion (no weights)",
    summary="What stands out from the border of the picture and moves apart from the camera; "
    "classical, so a first guess.",
    factories={"scan": "annotator.backends.embedded:salient"},
    origin="Strokeflow; geodesic saliency (Wei et al., ECCV 2012), residual flow",
    rank=-2,
)

GUIDED = BackendCard(
    id="guided",
    title="Guided NPMCA (flow, colour and a trained network)",
    summary="Propagates by the embedded cues and the opinion of an NPMCA-net guided by their flow.",
    factories={"propagate": f"{_NETWORKS}.guided:propagator"},
    origin="Strokeflow; NPMCA-net (Yu, Xiao, Zhang and Lim) and DIS optical flow",
    licence="MIT; the weights have a licence of their own",
    model="npmca",
    uses=("refiner",),
    config={"guide": "flow"},
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    rank=1,
)

REFINED = BackendCard(
    id="refined",
    title="Refined (embedded, and a network that corrects it)",
    summary="Fills between key frames as the embedded backend does; a small network corrects it.",
    factories={"interpolate": f"{_NETWORKS}.refined:interpolator"},
    origin="Strokeflow; a U-Net (Ronneberger, Fischer and Brox, MICCAI 2015)",
    licence="MIT; the weights have a licence of their own",
    model="refiner",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    rank=1,
)

STROKES = BackendCard(
    id="strokes",
    title="Strokes (embedded, and a network that corrects it)",
    summary="Turns scribbles into masks as the embedded backend does; a small network corrects it.",
    factories={"saliency": f"{_NETWORKS}.strokes:scribbler"},
    origin="Strokeflow; a U-Net (Ronneberger, Fischer and Brox, MICCAI 2015)",
    licence="MIT; the weights have a licence of their own",
    model="strokes",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    rank=1,
)

ADAPT = BackendCard(
    id="adapt",
    title="Plug-and-play adaptation",
    summary="Motion and colour saliency multiplied; a twin of the colour network learns the clip's "
    "clearest frames. Classical where no network has weights here.",
    factories={"scan": "annotator.backends.saliency.adaptation:adaptation"},
    origin="Li, Li, Chen, Hao and Qin, TCSVT 2020",
    uses=("scwssod", "rcrnet", "ner", "motion"),
    flow=True,
    devices=_DEVICES,
    options=(
        Option(
            "network",
            "Colour network",
            "auto",
            "'auto': the first one with weights here; 'none': saliency without a network.",
            choices=("auto", "none", "scwssod", "rcrnet", "ner"),
        ),
        _input_size(300),
        Option("steps", "Steps per key frame", 8, "How long the twin learns.", 1, 1000),
        Option("seconds", "Time limit", 300, "Seconds that the twin may learn; 0 = any.", 0, 86400),
    ),
    rank=-3,
)


SCWSSOD = BackendCard(
    id="scwssod",
    title="SCWSSOD (learns your scribbles)",
    summary="A network fitted on the project's scribbles and masks that then predicts any frame.",
    factories={
        "saliency": f"{_NETWORKS}.scwssod:scribbler",
        "scan": f"{_NETWORKS}.scwssod:scribbler",
        "fit": f"{_NETWORKS}.scwssod:scribbler",
    },
    origin="Yu, Zhang, Xiao and Lim, AAAI 2021",
    model="scwssod",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    options=(_input_size(320), _NEW_NETWORK, _START),
    rank=-1,
)

FGPLG = BackendCard(
    id="fgplg",
    title="FGPLG (flow-guided labels)",
    summary="Fills between two key frames from the frame, both masks and the flow to them.",
    factories={
        "interpolate": f"{_NETWORKS}.fgplg:interpolator",
        "fit": f"{_NETWORKS}.fgplg:interpolator",
    },
    origin="Yan, Li, Xie, Li, Wang, Chen and Lin, ICCV 2019",
    model="fgplg",
    flow=True,
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    options=(_input_size(448), _NEW_NETWORK, _START),
    rank=-1,
)

NER = BackendCard(
    id="ner",
    title="RCRNet+NER (video saliency)",
    summary="Finds the salient object of a range of frames without any annotation.",
    factories={"scan": f"{_NETWORKS}.salient:video_saliency"},
    origin="Yan, Li, Xie, Li, Wang, Chen and Lin, ICCV 2019",
    model="ner",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    options=(_input_size(448),),
    rank=-1,
)

DCFM = BackendCard(
    id="dcfm",
    title="DCFM (common object of a group)",
    summary="Finds the object that the chosen frames have in common, without any annotation.",
    factories={"cosaliency": f"{_NETWORKS}.salient:cosaliency"},
    origin="Yu, Xiao, Zhang and Lim, CVPR 2022",
    model="dcfm",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    options=(_input_size(224),),
    rank=1,
)

NPMCA = BackendCard(
    id="npmca",
    title="NPMCA-net (pixel matching)",
    summary="Propagates masks by matching each frame to the key frames and the frame before.",
    factories={"propagate": f"{_NETWORKS}.npmca:propagator"},
    origin="Yu, Xiao, Zhang and Lim; written from the thesis, no official code exists",
    model="npmca",
    libraries=NETWORK_LIBRARIES,
    devices=_DEVICES,
    options=(
        Option(
            "size",
            "Input size",
            0,
            "Shorter side of what the network sees; 0 = as its weights were trained, else 480.",
            0,
            1080,
        ),
        Option(
            "scales",
            "Average three sizes",
            False,
            "Looks at every frame at 50, 75 and 100 % of the size: 1.8 times the work.",
        ),
    ),
    rank=-1,
)


def default_registry() -> BackendRegistry:
    """The backends that ship with the application, and those of other packages."""
    registry = BackendRegistry(group="strokeflow.backends")
    cards = (EMBEDDED, GUIDED, REFINED, STROKES, CONTRAST, ADAPT, SCWSSOD, FGPLG, NPMCA, NER, DCFM)
    for card in cards:
        registry.add(card)
    return registry
