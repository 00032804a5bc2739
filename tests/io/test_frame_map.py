"""The frame map beside mask images: which frame a file belongs to, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget, NoControl
from tests.io.labels import FakeSource
from tests.io.test_mask_images import SHAPE, ids_image, media_info, save


@pytest.mark.parametrize(
    ("format_id", "options"),
    [("davis", {}), ("saliency", {}), ("binary", {}), ("binary", {"layout": "union"})],
)
class TestFrameMap:
    """Part of a clip was exported; the same pictures are a folder now, counted from 1."""

    NAMES = ("00001", "00002", "00003", "00004")

    def exported(self, folder: Path, format_id: str, options: dict[str, str]) -> FakeSource:
        source = FakeSource([np.full(SHAPE, i == 2, np.uint8) for i in range(4)])
        source.frames = (1, 2)
        source.unknown = {(f, i) for f in range(4) for i in (3, 254)}
        registry.exporter(format_id).export(source, folder, NoControl(), options)
        return source

    def areas(
        self, src: Path, format_id: str, target: ImportTarget, match: str = "auto"
    ) -> dict[int, int]:
        read = registry.importer(format_id).read(src, target, {"match": match})
        return {f.frame: int((f.label_map == 1).sum()) for f in read if f.label_map is not None}

    def test_it_tells_more_than_names(
        self, tmp_path: Path, format_id: str, options: dict[str, str]
    ) -> None:
        source = self.exported(tmp_path / "out", format_id, options)
        target = ImportTarget(media_info(self.NAMES))
        assert self.areas(tmp_path / "out", format_id, target) == {1: 0, 2: 48}
        assert target.strangers == {source.media.name}
        by_name = self.areas(tmp_path / "out", format_id, target, "name")
        assert by_name == {0: 0, 1: 48}

    def test_one_of_other_files_says_nothing(
        self, tmp_path: Path, format_id: str, options: dict[str, str]
    ) -> None:
        self.exported(tmp_path / "out", format_id, options)
        save(tmp_path / "out" / "mine" / "00002.png", ids_image(255))
        target = ImportTarget(media_info(self.NAMES))
        assert self.areas(tmp_path / "out" / "mine", format_id, target) == {1: 6}
        assert not target.strangers

    def test_a_clip_of_another_length_is_noted(
        self, tmp_path: Path, format_id: str, options: dict[str, str]
    ) -> None:
        source = self.exported(tmp_path / "out", format_id, options)
        target = ImportTarget(media_info(self.NAMES[:2]))
        self.areas(tmp_path / "out", format_id, target)
        assert target.strangers == {source.media.name}
