"""True masks of a clip from a folder of label images."""

from __future__ import annotations

from pathlib import Path

from annotator.core.types import LabelMap
from annotator.io.codec import decode_label_map, encode_label_map
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget
from annotator.io.media import Media
from annotator.services.exchange.transfer import media_info


class FolderTruth:
    """Truth in the `davis` format, matched to the frames of the media as an import would.

    Kept compressed: some KB a frame. Raises FormatError as the importer does.
    """

    def __init__(self, folder: Path, media: Media) -> None:
        target = ImportTarget(media_info(media))
        frames = registry.importer("davis").read(folder, target, {})
        self._labels = {
            found.frame: encode_label_map(found.label_map)
            for found in frames
            if found.label_map is not None
        }

    def labels(self, frame: int) -> LabelMap | None:
        """uint8 [H, W], 255 void; None where the folder has no file for the frame."""
        data = self._labels.get(frame)
        return None if data is None else decode_label_map(data)
