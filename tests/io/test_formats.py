"""What every registered format must keep to, and the round trips of those that lose nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.errors import (
    Cancelled,
    DiskError,
    FormatError,
    RequestError,
    StrokeflowError,
)
from annotator.core.types import Stroke
from annotator.io.formats import registry
from annotator.io.formats.base import FormatCard, ImportedFrame, ImportTarget, NoControl
from tests.io.labels import FakeSource, Watcher, out_path, some_maps
from tests.strategies import sizes, strokes

EXPORTS = [card.id for card in registry.cards() if card.can_export]
IMPORTS = [card.id for card in registry.cards() if card.can_import]
LOSSLESS = [card.id for card in registry.cards() if card.lossless]
MASKS = [name for name in IMPORTS if name != "davis-scribbles"]


def make_source() -> FakeSource:
    source = FakeSource(some_maps())
    source.drawn = {1: (Stroke(1, np.array([[1, 2], [5, 6]], np.float32), 2.0),)}
    return source


def label_file(out: Path) -> Path:
    """A file of an export that holds masks."""
    if out.is_file():
        return out
    images = sorted(p for p in out.rglob("*") if p.suffix in (".png", ".exr"))
    texts = [p for p in out.rglob("*") if p.suffix in (".json", ".xml", ".txt")]
    return images[-1] if images else sorted(p for p in texts if p.name != "frames.json")[-1]


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files under `folder`, hidden ones too."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def read(
    format_id: str, src: Path, source: FakeSource, frames: frozenset[int] | None = None
) -> list[ImportedFrame]:
    target = ImportTarget(source.media, frames)
    return list(registry.importer(format_id).read(src, target, {}))


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    # tmp_path would be shared by all examples of a property.
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_contract_has_its_formats() -> None:
    both = {
        "davis", "youtube-vos", "voc", "binary", "davis-scribbles", "saliency", "coco",
        "coco-polygons", "youtube-vis", "yolo-seg", "labelme", "cvat", "mots", "label-studio",
        "datumaro", "npz", "cryptomatte",
    }  # fmt: skip
    assert both == set(IMPORTS)
    assert both | {"overlay", "alpha", "contact-sheet"} == set(EXPORTS)


@pytest.mark.parametrize("card", registry.cards(), ids=lambda card: card.id)
def test_card(card: FormatCard) -> None:
    assert card.title
    assert card.description.endswith(".")
    assert card.extensions
    assert all(e.startswith(".") for e in card.extensions)
    assert card.can_import or card.can_export
    assert bool(card.loses) != card.lossless
    if not card.can_import:
        with pytest.raises(FormatError, match="can only be written"):
            registry.importer(card.id)


def test_registry_refuses_clashes_and_unknown_names() -> None:
    card = registry.card("davis")
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(card, exporter="a:b", importer="a:b")
    with pytest.raises(FormatError, match="no format 'nope'") as caught:
        registry.exporter("nope")
    assert "davis" in caught.value.hint


@pytest.mark.parametrize("format_id", EXPORTS)
class TestExport:
    def test_never_into_a_project(self, format_id: str, tmp_path: Path) -> None:
        for folder in ("a.strokeflow", "renamed"):
            database = tmp_path / folder / "project.db"
            database.parent.mkdir()
            database.write_bytes(b"all of the work")
            inside = out_path(database.parent / "x", format_id)
            for out in [database, *([inside] if folder == "a.strokeflow" else [])]:
                with pytest.raises(StrokeflowError):
                    registry.exporter(format_id).export(make_source(), out, NoControl(), {})
            assert [p.name for p in database.parent.rglob("*")] == ["project.db"]
            assert database.read_bytes() == b"all of the work"

    def test_names_of_files_of_another_kind_are_refused(
        self, format_id: str, tmp_path: Path
    ) -> None:
        card = registry.card(format_id)
        wrong = [".zip"] if card.single_file else [".zip", *card.extensions]
        for suffix in wrong:
            out = tmp_path / f"labels{suffix}"
            with pytest.raises(FormatError, match=r"no name for a file|the name of a file"):
                registry.exporter(format_id).export(make_source(), out, NoControl(), {})
        assert not list(tmp_path.iterdir())

    def test_reports_what_it_wrote(self, format_id: str, tmp_path: Path) -> None:
        source, watcher = make_source(), Watcher()
        out = out_path(tmp_path / "new" / "place", format_id)
        report = registry.exporter(format_id).export(source, out, watcher, {})
        assert report.paths[0] == out
        assert all(path.exists() for path in report.paths)
        done, total = watcher.seen[-1]
        assert done == total
        assert not [p for p in out.parent.iterdir() if p.name.startswith(".")]

    def test_carries_the_frame_map(self, format_id: str, tmp_path: Path) -> None:
        source = make_source()
        source.frames = (1, 3)
        out = out_path(tmp_path, format_id)
        registry.exporter(format_id).export(source, out, NoControl(), {})
        texts = [p.read_text("utf-8") for p in tmp_path.rglob("*.json")]
        (text,) = [t for t in texts if "strokeflow" in t]
        data = json.loads(text)
        assert '"f00d"' in text
        assert '"model:embedded"' in text
        if format_id.startswith("coco"):
            rows = [image["strokeflow"] for image in data["images"]]
        else:
            rows = data.get("strokeflow", data)["frames"]
        assert {row["index"] for row in rows} <= {1, 3}
        for row in rows:
            assert row["time"] == source.media.seconds(row["index"])

    def test_replaces_an_earlier_export_whole(self, format_id: str, tmp_path: Path) -> None:
        out = out_path(tmp_path, format_id)
        exporter = registry.exporter(format_id)
        source = make_source()
        exporter.export(source, out, NoControl(), {})
        source.frames = (1,)
        exporter.export(source, out, NoControl(), {})
        again = snapshot(tmp_path)
        for path in tmp_path.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        exporter.export(source, out, NoControl(), {})
        assert snapshot(tmp_path).keys() == again.keys()

    @pytest.mark.parametrize("how", ["cancelled", "disk full"])
    def test_failure_leaves_everything_as_it_was(
        self, format_id: str, how: str, tmp_path: Path
    ) -> None:
        source = make_source()
        out = out_path(tmp_path, format_id)
        exporter = registry.exporter(format_id)
        exporter.export(source, out, NoControl(), {})
        before = snapshot(tmp_path)
        if how == "cancelled":
            limit = 0 if format_id == "davis-scribbles" else 2
            with pytest.raises(Cancelled):
                exporter.export(source, out, Watcher(limit), {})
        else:
            source.fails_at = 3
            with pytest.raises(DiskError, match="the disk is full") as caught:
                exporter.export(source, out, NoControl(), {})
            assert caught.value.hint
        assert snapshot(tmp_path) == before

    def test_no_frames(self, format_id: str, tmp_path: Path) -> None:
        source = make_source()
        source.frames = ()
        with pytest.raises(FormatError, match="no frame to export"):
            registry.exporter(format_id).export(
                source, out_path(tmp_path, format_id), NoControl(), {}
            )
        assert snapshot(tmp_path) == {}

    def test_unknown_option(self, format_id: str, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match=r"no option .colour."):
            registry.exporter(format_id).export(
                make_source(), out_path(tmp_path, format_id), NoControl(), {"colour": 1}
            )

    def test_place_that_cannot_be_written(self, format_id: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises((DiskError, FormatError), match=r"Cannot write|is a file"):
            registry.exporter(format_id).export(
                make_source(), out_path(tmp_path / "file" / "sub", format_id), NoControl(), {}
            )
        assert snapshot(tmp_path) == {"file": b"in the way"}


@pytest.mark.parametrize("format_id", [e for e in EXPORTS if not registry.card(e).single_file])
class TestFolders:
    def test_foreign_files_are_safe(self, format_id: str, tmp_path: Path) -> None:
        out = tmp_path / "holiday"
        out.mkdir()
        (out / "photo.png").write_bytes(b"precious")
        with pytest.raises(FormatError, match=r"holds other files, such as photo\.png"):
            registry.exporter(format_id).export(make_source(), out, NoControl(), {})
        assert snapshot(tmp_path) == {"holiday/photo.png": b"precious"}

    def test_file_added_to_an_export_is_safe(self, format_id: str, tmp_path: Path) -> None:
        out = tmp_path / "out"
        exporter = registry.exporter(format_id)
        exporter.export(make_source(), out, NoControl(), {})
        (out / "notes.txt").write_text("mine")
        with pytest.raises(FormatError, match=r"notes\.txt"):
            exporter.export(make_source(), out, NoControl(), {})
        assert (out / "notes.txt").read_text() == "mine"

    def test_names_cannot_leave_the_folder(self, format_id: str, tmp_path: Path) -> None:
        source = FakeSource(some_maps(1), names=["../evil"])
        with pytest.raises(FormatError, match="cannot be a file name"):
            registry.exporter(format_id).export(source, tmp_path / "out", NoControl(), {})
        assert snapshot(tmp_path) == {}


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_scribbles_round_trip(data: st.DataObject) -> None:
    size = data.draw(sizes())
    source = FakeSource([np.zeros(size.shape, np.uint8)] * 3)
    source.drawn = {1: tuple(data.draw(st.lists(strokes(size), min_size=1, max_size=3)))}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "s.json"
        registry.exporter("davis-scribbles").export(source, out, NoControl(), {})
        (imported,) = read("davis-scribbles", out, source)
    assert imported.frame == 1
    assert imported.label_map is None
    for ours, theirs in zip(source.drawn[1], imported.strokes, strict=True):
        assert (ours.object_id, ours.radius) == (theirs.object_id, theirs.radius)
        assert np.allclose(ours.points, theirs.points, atol=1e-4)


@pytest.mark.parametrize("format_id", LOSSLESS)
def test_selection_is_made_on_matched_frames(format_id: str, tmp_path: Path) -> None:
    source = make_source()
    out = out_path(tmp_path, format_id)
    registry.exporter(format_id).export(source, out, NoControl(), {})
    frames = read(format_id, out, source, frozenset({0, 3, 77}))
    assert [f.frame for f in frames] == [0, 3]
    with pytest.raises(FormatError, match="chosen frames"):
        read(format_id, out, source, frozenset({77}))


@pytest.mark.parametrize("format_id", MASKS)
class TestBadSets:
    @pytest.fixture(name="export")
    def _export(self, format_id: str, tmp_path: Path) -> tuple[FakeSource, Path]:
        source = make_source()
        out = out_path(tmp_path, format_id)
        registry.exporter(format_id).export(source, out, NoControl(), {})
        return source, out

    @pytest.mark.parametrize("content", [b"", b"garbage", "cut"])
    def test_damaged_file_refuses_the_whole_set(
        self, format_id: str, export: tuple[FakeSource, Path], content: bytes | str
    ) -> None:
        source, out = export
        if format_id == "yolo-seg" and content != b"garbage":
            pytest.skip("fewer lines or corners are as good a file as any")
        if format_id == "mots" and content == b"":
            pytest.skip("an empty file says that there is no object")
        file = label_file(out)
        file.write_bytes(file.read_bytes()[:-30] if isinstance(content, str) else content)
        with pytest.raises(FormatError, match=file.name):
            # Raised before the first frame is handed out.
            registry.importer(format_id).read(out, ImportTarget(source.media), {})

    def test_wrong_size(self, format_id: str, export: tuple[FakeSource, Path]) -> None:
        _, out = export
        other = FakeSource([m[:-1] for m in some_maps()])
        with pytest.raises(FormatError, match=r"21x13.*21x12"):
            registry.importer(format_id).read(out, ImportTarget(other.media), {})

    def test_files_of_another_video(self, format_id: str, export: tuple[FakeSource, Path]) -> None:
        _, out = export
        other = FakeSource(some_maps(3), names=["a", "b", "c"])
        other.media = type(other.media)(
            **{n: getattr(other.media, n) for n in other.media.__slots__} | {"fingerprint": "x"}
        )
        with pytest.raises(FormatError, match="matches no frame"):
            registry.importer(format_id).read(out, ImportTarget(other.media), {})

    def test_labels_of_other_media_are_noted(
        self, format_id: str, export: tuple[FakeSource, Path]
    ) -> None:
        source, out = export
        other = replace(source.media, fingerprint="beef")
        for media, strangers in ((source.media, set()), (other, {source.media.name})):
            target = ImportTarget(media)
            assert list(registry.importer(format_id).read(out, target, {}))
            assert target.strangers == strangers

    def test_nothing_there(self, format_id: str, tmp_path: Path) -> None:
        target = ImportTarget(make_source().media)
        with pytest.raises(FormatError, match="no file or folder"):
            registry.importer(format_id).read(tmp_path / "gone", target, {})
        (tmp_path / "empty").mkdir()
        with pytest.raises(FormatError, match=r"holds no|holds 0"):
            registry.importer(format_id).read(tmp_path / "empty", target, {})

    def test_checks_can_be_cancelled(self, format_id: str, export: tuple[FakeSource, Path]) -> None:
        source, out = export
        target = ImportTarget(source.media, control=Watcher(0))
        with pytest.raises(Cancelled):
            registry.importer(format_id).read(out, target, {})


@pytest.mark.parametrize("format_id", ["davis", "binary", "saliency", "coco", "npz", "cvat"])
def test_a_video_is_called_a_video(format_id: str, tmp_path: Path) -> None:
    video = tmp_path / "clip.MP4"
    video.write_bytes(b"\0\0\0\x18ftypisom")
    target = ImportTarget(make_source().media)
    said = rf"clip\.MP4 is a video, and {format_id} does not read"
    with pytest.raises(FormatError, match=said) as caught:
        registry.importer(format_id).read(video, target, {})
    assert "folder" in caught.value.hint
