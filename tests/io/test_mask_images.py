"""What pixel values, names and folders of mask images mean."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.errors import FormatError, RequestError
from annotator.core.types import Size
from annotator.io.formats import registry
from annotator.io.formats.base import ImportedFrame, ImportTarget, MediaInfo, NoControl
from annotator.io.formats.davis import davis_palette
from annotator.io.media import open_media
from tests.io.labels import FakeSource, some_maps
from tests.shared import shared

SHAPE = (6, 8)


def media_info(
    names: Sequence[str], name: str = "clip", shape: tuple[int, int] = SHAPE
) -> MediaInfo:
    size = Size(shape[1], shape[0])
    ticks = np.arange(len(names))
    return MediaInfo(name, "f", size, Fraction(24), Fraction(1, 24), ticks, names)


def load(
    src: Path,
    names: Sequence[str] = ("00000", "00001", "00002"),
    format_id: str = "davis",
    frames: frozenset[int] | None = None,
) -> dict[int, ImportedFrame]:
    target = ImportTarget(media_info(names), frames)
    return {f.frame: f for f in registry.importer(format_id).read(src, target, {})}


def ids_image(*ids: int) -> NDArray[np.uint8]:
    """One column of each id, background elsewhere."""
    image = np.zeros(SHAPE, np.uint8)
    for column, value in enumerate(ids, start=1):
        image[:, column] = value
    return image


def save(file: Path, image: NDArray[np.generic], mode: str = "L") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if mode == "1":
        PilImage.fromarray(image != 0).save(file)
    elif mode == "P":
        palette = PilImage.fromarray(image, "L")
        palette.putpalette(davis_palette())
        palette.save(file)
    else:
        PilImage.fromarray(image).save(file)


class TestValues:
    @pytest.mark.parametrize("mode", ["1", "L", "P"])
    def test_black_and_white_is_one_object(self, tmp_path: Path, mode: str) -> None:
        save(tmp_path / "00000.png", ids_image(255), mode)
        save(tmp_path / "00001.png", ids_image(), mode)
        frames = load(tmp_path)
        assert np.array_equal(frames[0].label_map, ids_image(1))
        assert not frames[1].label_map.any()
        assert frames[0].objects == frames[1].objects == {1}

    def test_black_and_white_of_16_bits_is_one_object(self, tmp_path: Path) -> None:
        save(tmp_path / "00000.png", ids_image(255).astype(np.uint16) * 257)
        save(tmp_path / "00001.png", ids_image().astype(np.uint16))
        frames = load(tmp_path)
        assert np.array_equal(frames[0].label_map, ids_image(1))
        assert not frames[1].label_map.any()
        assert frames[0].objects == frames[1].objects == {1}
        save(tmp_path / "00001.png", ids_image(60, 255).astype(np.uint16) * 257)
        with pytest.raises(FormatError, match='with the format "binary"'):
            load(tmp_path)

    def test_soft_outlines_of_black_and_white_are_no_objects(self, tmp_path: Path) -> None:
        soft = ids_image(60, 130, 255, 255, 200, 90)
        save(tmp_path / "00000.png", soft)
        save(tmp_path / "00001.png", ids_image(255, 255, 255, 255))
        save(tmp_path / "00002.png", ids_image(90))
        frames = load(tmp_path)
        assert np.array_equal(frames[0].label_map, ids_image(0, 1, 1, 1, 1))
        assert np.array_equal(frames[1].label_map, ids_image(1, 1, 1, 1))
        assert not frames[2].label_map.any()
        assert {o for frame in frames.values() for o in frame.objects} == {1}

    def test_many_ids_beside_void_stay_ids(self, tmp_path: Path) -> None:
        image = np.arange(200, 248, dtype=np.uint8).reshape(SHAPE)
        image[0, :4] = 255
        save(tmp_path / "00000.png", image)
        assert np.array_equal(load(tmp_path)[0].label_map, image)

    @pytest.mark.parametrize("mode", ["L", "P"])
    def test_white_beside_other_ids_is_void(self, tmp_path: Path, mode: str) -> None:
        save(tmp_path / "00000.png", ids_image(255), mode)
        save(tmp_path / "00001.png", ids_image(1, 7, 255), mode)
        frames = load(tmp_path)
        assert np.array_equal(frames[0].label_map, ids_image(255))
        assert np.array_equal(frames[1].label_map, ids_image(1, 7, 255))
        assert frames[0].objects == frames[1].objects == {1, 7}

    def test_one_mask_per_object_says_nothing_about_the_others(self, tmp_path: Path) -> None:
        save(tmp_path / "00000.png", ids_image(1), "P")
        save(tmp_path / "00002.png", ids_image(2), "P")
        frames = load(tmp_path)
        assert (frames[0].objects, frames[2].objects) == ({1}, {2})

    def test_missing_ids_are_absent_in_a_tracked_set(self, tmp_path: Path) -> None:
        for i, ids in enumerate([(1, 2), (1,), ()]):
            save(tmp_path / f"0000{i}.png", ids_image(*ids), "P")
        assert {f.objects for f in load(tmp_path).values()} == {frozenset({1, 2})}

    def test_deep_ids(self, tmp_path: Path) -> None:
        save(tmp_path / "00000.png", ids_image(1, 254).astype(np.uint16))
        assert np.array_equal(load(tmp_path)[0].label_map, ids_image(1, 254))
        save(tmp_path / "00000.png", ids_image(1).astype(np.uint16) * 300)
        with pytest.raises(FormatError, match=r"00000\.png holds the object id 300"):
            load(tmp_path)

    def test_pictures_are_refused(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (16, 32, 3)).astype(np.uint8)
        save(tmp_path / "00000.png", noise)
        target = ImportTarget(media_info(["00000"], shape=(16, 32)))
        with pytest.raises(FormatError, match=r"00000\.png holds \d+ colours"):
            registry.importer("davis").read(tmp_path, target, {})

    def test_colours_of_the_data_set_are_its_ids(self, tmp_path: Path) -> None:
        palette = np.frombuffer(davis_palette(), np.uint8).reshape(256, 3)
        for frame, ids in enumerate([(3, 255), (17,)]):
            save(tmp_path / f"{frame:05d}.png", palette[ids_image(*ids)])
        frames = load(tmp_path)
        assert np.array_equal(frames[0].label_map, ids_image(3, 255))
        assert frames[1].objects == {3, 17}
        assert frames[0].infos[0].color == (128, 128, 0)

    def test_other_colours_are_numbered_over_the_whole_set(self, tmp_path: Path) -> None:
        colors = np.array([[0, 0, 0], [9, 0, 0], [0, 200, 10], [255, 255, 255]], np.uint8)
        shown = [np.array([[0, 1], [3, 3]]), np.array([[2, 2], [0, 3]])]
        for frame, values in enumerate(shown):
            picture = np.zeros((*SHAPE, 3), np.uint8)
            picture[:2, :2] = colors[values]
            save(tmp_path / f"{frame:05d}.png", picture)
        frames = load(tmp_path)
        table = np.array([0, 2, 1, 3], np.uint8)
        for frame, values in enumerate(shown):
            assert np.array_equal(frames[frame].label_map[:2, :2], table[values])
            assert frames[frame].objects == {1, 2, 3}
        assert [info.color for info in frames[0].infos] == [(0, 200, 10), (9, 0, 0), (255,) * 3]

    def test_soft_maps_are_refused(self, tmp_path: Path) -> None:
        names = ["00000"]
        image = np.arange(256, dtype=np.uint8).reshape(16, 16)
        save(tmp_path / "00000.png", image)
        target = ImportTarget(media_info(names, shape=(16, 16)))
        with pytest.raises(FormatError, match="many shades") as caught:
            registry.importer("davis").read(tmp_path, target, {})
        assert "saliency" in caught.value.hint

    def test_palette_is_that_of_the_data_set(self) -> None:
        colors = np.frombuffer(davis_palette(), np.uint8).reshape(256, 3).tolist()
        assert colors[:4] == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]]
        assert colors[255] == [224, 224, 192]

    def test_every_reader_of_palettes_sees_values_and_colours(self, tmp_path: Path) -> None:
        source = FakeSource(some_maps())
        registry.exporter("davis").export(source, tmp_path / "d", NoControl(), {})
        for name, label_map in zip(source.media.names, source.maps, strict=True):
            with PilImage.open(tmp_path / "d" / f"{name}.png") as image:
                assert image.mode == "P"
                assert bytes(image.getpalette() or []) == davis_palette()
                assert np.array_equal(np.array(image), label_map)


class TestNames:
    @pytest.mark.parametrize(
        ("names", "files", "frames"),
        [
            (["a", "b", "c"], ["b", "C"], {1: "b", 2: "C"}),
            (["f01", "f02", "f10"], ["mask_10", "mask_1"], {0: "mask_1", 2: "mask_10"}),
            (["00000", "00001", "00002"], ["0002_mask"], {2: "0002_mask"}),
            (["00000", "00001", "00002"], ["1", "2", "3"], {0: "1", 1: "2", 2: "3"}),
            (["x", "y", "z"], ["m9", "m10", "m11"], {0: "m9", 1: "m10", 2: "m11"}),
        ],
    )
    def test_matching(
        self, tmp_path: Path, names: list[str], files: list[str], frames: dict[int, str]
    ) -> None:
        for name in files:
            save(tmp_path / f"{name}.png", ids_image(1))
        assert {i: f.file.stem for i, f in load(tmp_path, names).items()} == frames

    def test_stray_file_is_named(self, tmp_path: Path) -> None:
        for name in ("00000", "00001", "palette"):
            save(tmp_path / f"{name}.png", ids_image(1))
        with pytest.raises(FormatError, match=r"palette\.png matches no frame"):
            load(tmp_path, ["00000", "00001"])

    def test_the_file_that_is_named_is_the_stray_one(self, tmp_path: Path) -> None:
        for name in ("mask_1001", "mask_1002", "mask_1003"):
            save(tmp_path / f"{name}.png", ids_image(1))
        with pytest.raises(FormatError, match=r"mask_1002\.png matches no frame"):
            load(tmp_path, ["p.1001", "p.1003"])

    def test_two_files_of_one_frame(self, tmp_path: Path) -> None:
        for name in ("m1", "n1"):
            save(tmp_path / f"{name}.png", ids_image(1))
        with pytest.raises(FormatError, match="Two files belong to frame 00001"):
            load(tmp_path)

    def test_single_file(self, tmp_path: Path) -> None:
        save(tmp_path / "00002.png", ids_image(1))
        assert list(load(tmp_path / "00002.png")) == [2]


class TestTree:
    def test_sequence_is_found_by_the_name_of_the_media(self, tmp_path: Path) -> None:
        for sequence, value in (("bear", 3), ("clip", 5)):
            save(tmp_path / "Annotations" / "480p" / sequence / "00000.png", ids_image(value))
        assert load(tmp_path)[0].objects == {5}
        target = ImportTarget(media_info(["00000"], name="other"))
        with pytest.raises(FormatError, match="several sequences"):
            registry.importer("davis").read(tmp_path, target, {})

    def test_resolution_is_found_by_the_size(self, tmp_path: Path) -> None:
        save(tmp_path / "Annotations" / "480p" / "clip" / "00000.png", ids_image(4))
        large = np.zeros((60, 80), np.uint8)
        save(tmp_path / "Annotations" / "Full-Resolution" / "clip" / "00000.png", large)
        assert load(tmp_path)[0].objects == {4}

    def test_written_tree_reads_back(self, tmp_path: Path) -> None:
        source = FakeSource(some_maps())
        out = tmp_path / "set"
        registry.exporter("davis").export(source, out, NoControl(), {"tree": True})
        assert (out / "Annotations" / "480p" / "my clip" / "00003.png").is_file()
        frames = registry.importer("davis").read(out, ImportTarget(source.media), {})
        for frame in frames:
            assert np.array_equal(frame.label_map, source.maps[frame.frame])
        with pytest.raises(RequestError, match="tree"):
            registry.exporter("davis").export(source, out, NoControl(), {"tree": "maybe"})


class TestBinary:
    def test_folders_are_objects(self, tmp_path: Path) -> None:
        save(tmp_path / "001" / "00000.png", ids_image(255))
        save(tmp_path / "007" / "00000.png", ids_image(0, 255))
        save(tmp_path / "007" / "00001.png", ids_image(0, 255))
        frames = load(tmp_path, format_id="binary")
        assert np.array_equal(frames[0].label_map, ids_image(1, 7))
        assert (frames[0].objects, frames[1].objects) == ({1, 7}, {7})

    def test_named_folders_give_names(self, tmp_path: Path) -> None:
        for name in ("cat", "dog", "1"):
            save(tmp_path / name / "00000.png", ids_image(255))
        infos = load(tmp_path, format_id="binary")[0].infos
        assert [(i.id, i.name) for i in infos] == [(2, "cat"), (3, "dog")]

    @pytest.mark.parametrize(
        ("image", "mode"), [(ids_image(255), "1"), (ids_image(1), "L"), (ids_image(1), "P")]
    )
    def test_flat_folder_is_object_1(
        self, tmp_path: Path, image: NDArray[np.uint8], mode: str
    ) -> None:
        save(tmp_path / "00001.png", image, mode)
        frame = load(tmp_path, format_id="binary")[1]
        assert np.array_equal(frame.label_map, ids_image(1))
        assert frame.objects == {1}

    def test_names_and_states_come_back_by_the_frame_map(self, tmp_path: Path) -> None:
        source = FakeSource(some_maps())
        registry.exporter("binary").export(source, tmp_path / "out", NoControl(), {})
        for keep in (True, False):
            target, asked = ImportTarget(source.media), {"keep": keep}
            for frame in registry.importer("binary").read(tmp_path / "out", target, asked):
                assert frame.infos == source.objects
                states = {i: source.cell(frame.frame, i) for i in frame.objects} if keep else {}
                assert frame.cells == states
        one = ImportTarget(source.media)
        found = list(registry.importer("binary").read(tmp_path / "out" / "003", one, {}))
        assert [f.frame for f in found] == [0, 1, 2, 3]
        assert all(f.objects == {1} and not f.infos and not f.cells for f in found)

    def test_union(self, tmp_path: Path) -> None:
        source = FakeSource(some_maps())
        registry.exporter("binary").export(source, tmp_path / "u", NoControl(), {"layout": "union"})
        image = np.asarray(PilImage.open(tmp_path / "u" / "00000.png"))
        assert image.dtype == np.uint8
        assert np.array_equal(image == 255, np.isin(source.maps[0], (1, 2)))
        assert set(np.unique(image)) == {0, 255}

    def test_note_about_void(self, tmp_path: Path) -> None:
        report = registry.exporter("binary").export(
            FakeSource(some_maps()), tmp_path / "b", NoControl(), {}
        )
        assert report.notes[0] == "Void pixels became background."

    @pytest.mark.parametrize("name", ["000", "255"])
    def test_impossible_ids(self, tmp_path: Path, name: str) -> None:
        save(tmp_path / name / "00000.png", ids_image(255))
        with pytest.raises(FormatError, match="outside 1 to 254"):
            load(tmp_path, format_id="binary")


class TestSaliency:
    def test_soft_maps_are_kept(self, tmp_path: Path) -> None:
        source = FakeSource([ids_image(1, 2, 255)])
        soft = np.linspace(0, 1, SHAPE[0] * SHAPE[1], dtype=np.float32).reshape(SHAPE)
        source.softs = {(0, 1): soft}
        registry.exporter("saliency").export(source, tmp_path / "s", NoControl(), {})
        image = np.asarray(PilImage.open(tmp_path / "s" / "00000.png"))
        expected = np.rint(soft * 255).astype(np.uint8)
        expected[:, 2] = 255
        assert np.array_equal(image, expected)
        (frame,) = registry.importer("saliency").read(
            tmp_path / "s", ImportTarget(source.media), {}
        )
        assert np.array_equal(frame.label_map, (expected >= 128).astype(np.uint8))


class TestSharedData:
    def test_davis_sequence(self) -> None:
        masks = shared("data", "video", "davis2016", "bear", "masks")
        with open_media(masks.parent / "frames") as media:
            names = [media.name(i) for i in range(len(media))]
            target = ImportTarget(media_info(names, shape=media.size.shape), frozenset({0, 40}))
        frames = list(registry.importer("davis").read(masks, target, {}))
        assert [f.frame for f in frames] == [0, 40]
        assert all(f.objects == {1} and set(np.unique(f.label_map)) == {0, 1} for f in frames)

    def test_one_mask_per_object(self) -> None:
        masks = shared("data", "video", "cutie_examples", "judo", "masks")
        with open_media(masks.parent / "frames") as media:
            names = [media.name(i) for i in range(len(media))]
            target = ImportTarget(media_info(names, shape=media.size.shape))
        found = {
            media: f.objects
            for media, f in enumerate(registry.importer("davis").read(masks, target, {}), start=1)
        }
        assert found == {i: {i} for i in range(1, 5)}

    def test_human_scribbles(self) -> None:
        file = shared("data", "scribbles", "davis", "bear", "001.json")
        target = ImportTarget(media_info([str(i) for i in range(82)], shape=(480, 854)))
        (frame,) = registry.importer("davis-scribbles").read(file, target, {})
        assert frame.frame == 39
        assert {s.object_id for s in frame.strokes} == {1}
        for stroke in frame.strokes:
            assert (stroke.points >= 0).all()
            assert (stroke.points <= (853, 479)).all()


class TestOneFrameOfASet:
    """A frame that is taken alone, as after `suggest`, means what it means among all of its set."""

    @staticmethod
    def alone(src: Path, frame: int) -> ImportedFrame:
        together, one = load(src), load(src, frames=frozenset({frame}))
        assert list(one) == [frame]
        assert np.array_equal(one[frame].label_map, together[frame].label_map)
        assert one[frame].objects == together[frame].objects
        assert one[frame].infos == together[frame].infos
        return one[frame]

    def test_colours_keep_their_objects(self, tmp_path: Path) -> None:
        red, both = np.zeros((2, *SHAPE, 3), np.uint8)
        red[3:] = both[3:] = 250, 10, 10
        both[:2] = 10, 10, 250
        save(tmp_path / "00000.png", both)
        save(tmp_path / "00001.png", red)
        frame = self.alone(tmp_path, 1)
        assert set(np.unique(frame.label_map)) == {0, 2}

    def test_who_is_missing_is_absent(self, tmp_path: Path) -> None:
        save(tmp_path / "00000.png", ids_image(1, 2))
        save(tmp_path / "00001.png", ids_image(1))
        save(tmp_path / "00002.png", ids_image())
        assert self.alone(tmp_path, 1).objects == {1, 2}
        assert self.alone(tmp_path, 2).objects == {1, 2}

    def test_white_beside_ids_elsewhere_is_void(self, tmp_path: Path) -> None:
        save(tmp_path / "00000.png", ids_image(3, 255))
        save(tmp_path / "00001.png", ids_image(255))
        assert self.alone(tmp_path, 1).objects == {3}

    def test_masks_to_start_from_say_nothing_about_others(self, tmp_path: Path) -> None:
        for name, own in (("00000", 1), ("00001", 2), ("00002", 3)):
            save(tmp_path / f"{name}.png", ids_image(own))
        assert self.alone(tmp_path, 1).objects == {2}
