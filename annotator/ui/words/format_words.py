"""What the cards of label formats say, for the translation. A test keeps it complete."""

from __future__ import annotations

from annotator.ui.i18n import QT_TR_NOOP

FORMATS = (
    QT_TR_NOOP("Folders of the data set"),
    QT_TR_NOOP("Annotations/480p/NAME/ or flat."),
    QT_TR_NOOP("Match by"),
    QT_TR_NOOP("How masks find their frames; auto tries all ways in this order."),
    QT_TR_NOOP("Where matching by order begins."),
    QT_TR_NOOP("Resize"),
    QT_TR_NOOP("Brings masks of another size to that of the frames."),
    QT_TR_NOOP("Keep provenance"),
    QT_TR_NOOP("Takes over who made each mask, where it is stated."),
    QT_TR_NOOP("YouTube-VOS (palette PNG and meta.json)"),
    QT_TR_NOOP(
        "Annotations/VIDEO/NAME.png with the colours of DAVIS, and meta.json with the class "
        "of each object and the frames that show it."
    ),
    QT_TR_NOOP("Pascal VOC segmentation"),
    QT_TR_NOOP(
        "SegmentationObject and SegmentationClass palette PNGs, boxes as XML, the list of "
        "images, and labelmap.txt."
    ),
    QT_TR_NOOP("Pictures"),
    QT_TR_NOOP("Writes JPEGImages/ as well."),
    QT_TR_NOOP("Layout"),
    QT_TR_NOOP("A folder per object, or all objects together."),
    QT_TR_NOOP("COCO (polygons)"),
    QT_TR_NOOP(
        "One JSON file with outlines along the pixel edges; holes are joined to the outline "
        "by a bridge of no width."
    ),
    QT_TR_NOOP("Simplify outlines"),
    QT_TR_NOOP("How far a simplified outline may be off, in pixels; 0 keeps every pixel."),
    QT_TR_NOOP("YouTube-VIS (run-length tracks)"),
    QT_TR_NOOP("One JSON file with a run-length mask per frame for every object."),
    QT_TR_NOOP("YOLO segmentation"),
    QT_TR_NOOP(
        "labels/NAME.txt with one outline per object, in shares of width and height, and "
        "data.yaml with the classes."
    ),
    QT_TR_NOOP("Outlines, or boxes for detectors, which lose the masks."),
    QT_TR_NOOP("void pixels"),
    QT_TR_NOOP("LabelMe (JSON or XML per frame)"),
    QT_TR_NOOP(
        "One JSON file per frame with masks or polygons, the group is the object; or XML with "
        "polygons, as the older tool of MIT has it."
    ),
    QT_TR_NOOP("JSON, or XML of the older tool."),
    QT_TR_NOOP("Shapes"),
    QT_TR_NOOP("Masks (LabelMe 5.3 or newer), or outlines as polygons."),
    QT_TR_NOOP("CVAT 1.1 (XML)"),
    QT_TR_NOOP(
        "annotations.xml with run-length masks, for images or as the tracks of a video; "
        "reads polygons, boxes and ellipses too."
    ),
    QT_TR_NOOP("Tracks of a video, or single images."),
    QT_TR_NOOP("KITTI MOTS"),
    QT_TR_NOOP(
        "One text file with a run-length mask per line, or 16-bit PNGs whose value is class "
        "times 1000 plus object; void is 10000, the ignore region."
    ),
    QT_TR_NOOP("One text file, or one PNG per frame."),
    QT_TR_NOOP("Label Studio (brush)"),
    QT_TR_NOOP("One JSON file of tasks with brush masks in the run lengths of the tool."),
    QT_TR_NOOP("Datumaro (JSON)"),
    QT_TR_NOOP("annotations/default.json with run-length masks, as Datumaro 1.x has it."),
    QT_TR_NOOP("NumPy archive (NPZ)"),
    QT_TR_NOOP(
        "labels: uint8 [N, H, W] of object ids; frames: their indices; seconds: their times."
    ),
    QT_TR_NOOP("How strongly objects are coloured in."),
    QT_TR_NOOP("Overlay video (MP4, WebM, GIF)"),
    QT_TR_NOOP(
        "The video with the objects coloured in and outlined, at its own times; the ending "
        "chooses H.264 (.mp4), VP9 (.webm) or GIF."
    ),
    QT_TR_NOOP("Of the video, in pixels; 0 keeps that of the frames."),
    QT_TR_NOOP("Cut-outs with alpha (PNG, ProRes 4444)"),
    QT_TR_NOOP(
        "The picture with its objects opaque and the rest transparent: soft where a backend "
        "gave soft maps; colours are not multiplied by alpha."
    ),
    QT_TR_NOOP("Kind"),
    QT_TR_NOOP("PNGs of 8 bits, of 16 (alpha; colours have 8), or one ProRes 4444 video."),
    QT_TR_NOOP("The id of the object to cut out; 0 takes all of them together."),
    QT_TR_NOOP("Contact sheet (PNG, PDF)"),
    QT_TR_NOOP(
        "One page of small frames with their objects coloured in; the ending .pdf makes a PDF."
    ),
    QT_TR_NOOP("At most so many frames."),
    QT_TR_NOOP("Columns"),
    QT_TR_NOOP("Frames beside one another."),
    QT_TR_NOOP("Width"),
    QT_TR_NOOP("Of a frame, in pixels."),
    QT_TR_NOOP("First frame"),
    QT_TR_NOOP("Opacity"),
    QT_TR_NOOP("Object"),
    QT_TR_NOOP(
        "Annotations/480p/CLIP/, JPEGImages/480p/CLIP/ (the folder is called 480p at any "
        "size, since readers of DAVIS ask for it), clips of a split in "
        "ImageSets/2017/SPLIT.txt"
    ),
    QT_TR_NOOP("SPLIT/Annotations/CLIP/, SPLIT/JPEGImages/CLIP/, SPLIT/meta.json"),
    QT_TR_NOOP(
        "SegmentationObject/, SegmentationClass/, Annotations/ and JPEGImages/ with "
        "CLIP_NAME, the lists ImageSets/Segmentation/SPLIT.txt, labelmap.txt"
    ),
    QT_TR_NOOP("SPLIT/CLIP/: one export per clip; its pictures in SPLIT/CLIP/images/"),
    QT_TR_NOOP("SPLIT/masks/CLIP_NAME.png, SPLIT/images/CLIP_NAME.jpg"),
    QT_TR_NOOP("annotations/instances_SPLIT.json; pictures in images/SPLIT/CLIP/"),
    QT_TR_NOOP("SPLIT/instances.json; pictures in SPLIT/JPEGImages/CLIP/"),
    QT_TR_NOOP("labels/SPLIT/CLIP_NAME.txt, images/SPLIT/CLIP_NAME.jpg, data.yaml"),
    QT_TR_NOOP("Cryptomatte (OpenEXR)"),
    QT_TR_NOOP(
        "One OpenEXR file per frame with the mattes of all objects by name, as compositing "
        "programs read them."
    ),
    QT_TR_NOOP("Soft outlines"),
    QT_TR_NOOP("Pixels at outlines are shared as the backends' soft maps have it."),
    QT_TR_NOOP("Layer"),
    QT_TR_NOOP("Which of several mattes to read; empty takes that of the objects."),
)
