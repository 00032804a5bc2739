"""The cards of the formats that come with the application, and where their code is."""

from __future__ import annotations

from annotator.core.options import Option
from annotator.io.formats.base import FormatCard
from annotator.io.formats.cards_views import VIEWS

_HERE = "annotator.io.formats"
_KEEP = Option(
    "keep", "Keep provenance", True, "Takes over who made each mask, where it is stated."
)
_PLACING = (
    Option(
        "match",
        "Match by",
        "auto",
        "How masks find their frames; auto tries all ways in this order.",
        choices=("auto", "map", "name", "number", "order"),
    ),
    Option("start", "First frame", 0, "Where matching by order begins.", minimum=0),
    Option("resize", "Resize", False, "Brings masks of another size to that of the frames."),
    _KEEP,
)
TARGET_OPTIONS = frozenset({"match", "start", "resize", "keep"})
"""Import options that `ImportTarget` carries."""
_TOLERANCE = Option(
    "tolerance",
    "Simplify outlines",
    0.0,
    "How far a simplified outline may be off, in pixels; 0 keeps every pixel.",
    minimum=0.0,
    maximum=100.0,
)
BUILT_IN: tuple[tuple[FormatCard, str, str], ...] = (
    (
        FormatCard(
            id="davis",
            title="DAVIS (palette PNG)",
            extensions=(".png",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One palette PNG per frame: the pixel value is the object's id, 0 is "
            "background, 255 is void. Reads flat folders as well as the tree of the data set.",
            options=(
                Option("tree", "Folders of the data set", False, "Annotations/480p/NAME/ or flat."),
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.davis:DavisExporter",
        f"{_HERE}.davis:DavisImporter",
    ),
    (
        FormatCard(
            id="youtube-vos",
            title="YouTube-VOS (palette PNG and meta.json)",
            extensions=(".png",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="Annotations/VIDEO/NAME.png with the colours of DAVIS, and meta.json with "
            "the class of each object and the frames that show it.",
            import_options=_PLACING,
        ),
        f"{_HERE}.youtube_vos:YoutubeVosExporter",
        f"{_HERE}.youtube_vos:YoutubeVosImporter",
    ),
    (
        FormatCard(
            id="voc",
            title="Pascal VOC segmentation",
            extensions=(".png", ".xml"),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="SegmentationObject and SegmentationClass palette PNGs, boxes as XML, the "
            "list of images, and labelmap.txt.",
            options=(Option("images", "Pictures", False, "Writes JPEGImages/ as well."),),
            import_options=_PLACING,
        ),
        f"{_HERE}.voc:VocExporter",
        f"{_HERE}.voc:VocImporter",
    ),
    (
        FormatCard(
            id="binary",
            title="Binary masks (PNG)",
            extensions=(".png",),
            can_import=True,
            can_export=True,
            lossless=False,
            loses="void pixels",
            description="Black and white PNGs: one folder per object (001, 002, ...), or all "
            "objects together in one folder.",
            options=(
                Option(
                    "layout",
                    "Layout",
                    "objects",
                    "A folder per object, or all objects together.",
                    choices=("objects", "union"),
                ),
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.binary:BinaryExporter",
        f"{_HERE}.binary:BinaryImporter",
    ),
    (
        FormatCard(
            id="davis-scribbles",
            title="DAVIS interactive scribbles (JSON)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=False,
            loses="masks; only the strokes are kept",
            description="Scribbles of all frames in one JSON file, as the DAVIS interactive track "
            "defines it.",
            single_file=True,
            least_iou=None,
        ),
        f"{_HERE}.davis_scribbles:ScribblesExporter",
        f"{_HERE}.davis_scribbles:ScribblesImporter",
    ),
    (
        FormatCard(
            id="saliency",
            title="Saliency maps (grey PNG)",
            extensions=(".png",),
            can_import=True,
            can_export=True,
            lossless=False,
            loses="which object a pixel belongs to, void pixels, names",
            description="One 8-bit grey map per frame, as in DUTS: soft maps where a backend gave "
            "them, else the masks of all objects in white.",
            import_options=_PLACING,
            least_iou=0.9,
        ),
        f"{_HERE}.saliency:SaliencyExporter",
        f"{_HERE}.saliency:SaliencyImporter",
    ),
    (
        FormatCard(
            id="coco",
            title="COCO (run-length masks)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One JSON file with a compressed run-length mask per frame and object, "
            "track ids and categories.",
            single_file=True,
            import_options=_PLACING,
        ),
        f"{_HERE}.coco:CocoExporter",
        f"{_HERE}.coco_read:CocoImporter",
    ),
    (
        FormatCard(
            id="coco-polygons",
            title="COCO (polygons)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One JSON file with outlines along the pixel edges; holes are joined to "
            "the outline by a bridge of no width.",
            single_file=True,
            options=(_TOLERANCE,),
            import_options=_PLACING,
        ),
        f"{_HERE}.coco:CocoPolygonsExporter",
        f"{_HERE}.coco_read:CocoImporter",
    ),
    (
        FormatCard(
            id="youtube-vis",
            title="YouTube-VIS (run-length tracks)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One JSON file with a run-length mask per frame for every object.",
            import_options=_PLACING,
        ),
        f"{_HERE}.youtube_vis:YoutubeVisExporter",
        f"{_HERE}.youtube_vis:YoutubeVisImporter",
    ),
    (
        FormatCard(
            id="yolo-seg",
            title="YOLO segmentation",
            extensions=(".txt", ".yaml"),
            can_import=True,
            can_export=True,
            lossless=False,
            loses="void pixels",
            description="labels/NAME.txt with one outline per object, in shares of width and "
            "height, and data.yaml with the classes.",
            options=(
                Option(
                    "shapes",
                    "Shapes",
                    "outlines",
                    "Outlines, or boxes for detectors, which lose the masks.",
                    choices=("outlines", "boxes"),
                ),
                _TOLERANCE,
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.yolo:YoloExporter",
        f"{_HERE}.yolo:YoloImporter",
    ),
    (
        FormatCard(
            id="labelme",
            title="LabelMe (JSON or XML per frame)",
            extensions=(".json", ".xml"),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One JSON file per frame with masks or polygons, the group is the object; "
            "or XML with polygons, as the older tool of MIT has it.",
            options=(
                Option(
                    "layout",
                    "Layout",
                    "json",
                    "JSON, or XML of the older tool.",
                    choices=("json", "xml"),
                ),
                Option(
                    "shapes",
                    "Shapes",
                    "mask",
                    "Masks (LabelMe 5.3 or newer), or outlines as polygons.",
                    choices=("mask", "polygon"),
                ),
                _TOLERANCE,
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.labelme:LabelmeExporter",
        f"{_HERE}.labelme_read:LabelmeImporter",
    ),
    (
        FormatCard(
            id="cvat",
            title="CVAT 1.1 (XML)",
            extensions=(".xml",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="annotations.xml with run-length masks, for images or as the tracks of a "
            "video; reads polygons, boxes and ellipses too.",
            options=(
                Option(
                    "layout",
                    "Layout",
                    "video",
                    "Tracks of a video, or single images.",
                    choices=("video", "images"),
                ),
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.cvat:CvatExporter",
        f"{_HERE}.cvat_read:CvatImporter",
    ),
    (
        FormatCard(
            id="mots",
            title="KITTI MOTS",
            extensions=(".txt", ".png"),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One text file with a run-length mask per line, or 16-bit PNGs whose value "
            "is class times 1000 plus object; void is 10000, the ignore region.",
            options=(
                Option(
                    "layout",
                    "Layout",
                    "txt",
                    "One text file, or one PNG per frame.",
                    choices=("txt", "png"),
                ),
            ),
            import_options=_PLACING,
        ),
        f"{_HERE}.mots:MotsExporter",
        f"{_HERE}.mots:MotsImporter",
    ),
    (
        FormatCard(
            id="label-studio",
            title="Label Studio (brush)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One JSON file of tasks with brush masks in the run lengths of the tool.",
            import_options=_PLACING,
        ),
        f"{_HERE}.label_studio:LabelStudioExporter",
        f"{_HERE}.label_studio:LabelStudioImporter",
    ),
    (
        FormatCard(
            id="datumaro",
            title="Datumaro (JSON)",
            extensions=(".json",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="annotations/default.json with run-length masks, as Datumaro 1.x has it.",
            import_options=_PLACING,
        ),
        f"{_HERE}.datumaro:DatumaroExporter",
        f"{_HERE}.datumaro:DatumaroImporter",
    ),
    (
        FormatCard(
            id="npz",
            title="NumPy archive (NPZ)",
            extensions=(".npz",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="labels: uint8 [N, H, W] of object ids; frames: their indices; seconds: "
            "their times.",
            single_file=True,
            import_options=_PLACING,
        ),
        f"{_HERE}.npz:NpzExporter",
        f"{_HERE}.npz:NpzImporter",
    ),
    (
        FormatCard(
            id="cryptomatte",
            title="Cryptomatte (OpenEXR)",
            extensions=(".exr",),
            can_import=True,
            can_export=True,
            lossless=True,
            loses="",
            description="One OpenEXR file per frame with the mattes of all objects by name, as "
            "compositing programs read them.",
            options=(
                Option(
                    "soft",
                    "Soft outlines",
                    False,
                    "Pixels at outlines are shared as the backends' soft maps have it.",
                ),
            ),
            import_options=(
                Option(
                    "layer",
                    "Layer",
                    "",
                    "Which of several mattes to read; empty takes that of the objects.",
                ),
                *_PLACING,
            ),
        ),
        f"{_HERE}.cryptomatte:CryptomatteExporter",
        f"{_HERE}.cryptomatte:CryptomatteImporter",
    ),
    *VIEWS,
)
