"""OpenEXR: pictures of scene light, and mattes by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.errors import FormatError, MediaError
from annotator.core.objects import ObjectInfo
from annotator.core.types import VOID, Size
from annotator.io.exr import read_channels, read_header
from annotator.io.formats import registry
from annotator.io.formats.base import ImportedFrame, ImportTarget, NoControl
from annotator.io.formats.classes import classes_of
from annotator.io.formats.cryptomatte import number_of, unique_names
from annotator.io.formats.framemap import FILE_NAME
from annotator.io.formats.guess import guess_format
from annotator.io.media import open_media
from annotator.io.media.images import header_size, read_image
from tests.io.labels import FakeSource

LIGHT = np.tile(np.linspace(-0.25, 1.5, 8, dtype=np.float32), (4, 1))
"""Four rows of light from below black to above white."""


def save(path: Path, channels: Mapping[str, NDArray[Any]], **header: Any) -> Path:
    kinds = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File({**kinds, **header}, dict(channels)).write(str(path))
    return path


def srgb(light: NDArray[Any]) -> NDArray[np.float64]:
    """The curve of IEC 61966-2-1, 0 to 255."""
    light = np.clip(light.astype(np.float64), 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


class TestPictures:
    @pytest.mark.parametrize("kind", [np.float16, np.float32])
    def test_light_is_shown_with_the_curve_of_srgb(self, tmp_path: Path, kind: type) -> None:
        light = np.dstack([LIGHT, LIGHT / 2, LIGHT / 20]).astype(kind)
        shown = read_image(save(tmp_path / "a.exr", {"RGB": light}))
        assert shown.dtype == np.uint8
        assert np.abs(shown - srgb(light)).max() <= 0.6, "half a step, and the step of a half"

    def test_every_8_bit_value_comes_back(self, tmp_path: Path) -> None:
        values = np.arange(256) / 255
        light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        for kind in (np.float16, np.float32):
            file = save(tmp_path / "a.exr", {"Y": light.astype(kind)[None]})
            assert read_image(file)[0, :, 0].tolist() == list(range(256))

    def test_what_is_no_number_is_black_and_the_infinite_is_white(self, tmp_path: Path) -> None:
        odd = np.array([[np.nan, np.inf, -np.inf, 1.0]], np.float32)
        shown = read_image(save(tmp_path / "a.exr", {"Y": odd}))
        assert shown[0, :, 0].tolist() == [0, 255, 0, 255]

    def test_the_main_layer_is_the_picture(self, tmp_path: Path) -> None:
        names = ("CryptoObject00", "diffuse", "View.Combined", "Z")
        channels = {f"{n}.{c}": LIGHT * 0 for n in names[:2] for c in "rgba"}
        channels |= {f"View.Combined.{c}": LIGHT for c in "RGBA"}
        assert read_image(save(tmp_path / "a.exr", channels)).max() == 255
        channels |= dict.fromkeys("RGB", LIGHT * 0)
        assert read_image(save(tmp_path / "a.exr", channels)).max() == 0, "no name goes first"

    def test_pixels_lie_where_the_windows_say(self, tmp_path: Path) -> None:
        def window(x0: int, y0: int, x1: int, y1: int) -> tuple[NDArray[np.int32], ...]:
            return np.array([x0, y0], np.int32), np.array([x1, y1], np.int32)

        ones = np.ones((4, 6), np.float32)
        file = save(
            tmp_path / "a.exr",
            {"Y": ones},
            dataWindow=window(-2, 3, 3, 6),
            displayWindow=window(0, 0, 9, 4),
        )
        assert header_size(file) == Size(10, 5)
        expected = np.zeros((5, 10), bool)
        expected[3:5, 0:4] = True
        assert np.array_equal(read_image(file)[..., 1] == 255, expected)

    def test_a_sequence_is_a_clip_and_passes_beside_pictures_are_not(self, tmp_path: Path) -> None:
        for i in (1, 2, 10):
            save(tmp_path / f"shot.{i}.exr", {"Y": LIGHT + i})
        with open_media(tmp_path) as media:
            assert (len(media), media.size, media.name(2)) == (3, Size(8, 4), "shot.10")
            assert media.read(2).min() == 255
        import cv2

        cv2.imwrite(str(tmp_path / "shot.1.png"), np.zeros((4, 8, 3), np.uint8))
        with open_media(tmp_path) as media:
            assert len(media) == 1

    def test_parts_give_their_names_to_their_channels(self, tmp_path: Path) -> None:
        parts = [
            OpenEXR.Part({"type": OpenEXR.scanlineimage}, channels, name)
            for name, channels in (
                ("first", {"red": LIGHT, "green": LIGHT, "blue": LIGHT}),
                ("depth", {"Z": LIGHT * 0}),
                ("matte", {"matte.R": LIGHT}),
            )
        ]
        file = tmp_path / "a.exr"
        OpenEXR.File(parts).write(str(file))
        names = {"red", "green", "blue", "depth.Z", "matte.R"}
        assert set(read_header(file).channels) == names == set(read_channels(file))
        assert read_image(file).max() == 255

    @pytest.mark.parametrize("left", [0, 4, 100, 0.5, 0.99])
    def test_a_cut_file_is_refused_by_name(self, tmp_path: Path, left: float) -> None:
        noise = np.random.default_rng(0).random((64, 64, 3)).astype(np.float16)
        file = save(tmp_path / "a.exr", {"RGB": noise})
        data = file.read_bytes()
        file.write_bytes(data[: int(left * len(data) if left < 1 else left)])
        with pytest.raises(MediaError, match=r"a\.exr"):
            read_image(file)

    def test_files_without_colours_say_so(self, tmp_path: Path) -> None:
        file = save(tmp_path / "a.exr", {"depth.Z": LIGHT, "depth.Q": LIGHT})
        with pytest.raises(MediaError, match=r"none of its channels are colours \(depth"):
            header_size(file)
        file = save(tmp_path / "b.exr", {"id": LIGHT.astype(np.uint32)})
        with pytest.raises(MediaError, match="whole numbers"):
            read_image(file)


def export(source: FakeSource, out: Path, **options: object) -> Path:
    registry.exporter("cryptomatte").export(source, out, NoControl(), options)
    return out


def load(source: FakeSource, src: Path, **options: object) -> list[ImportedFrame]:
    target = ImportTarget(source.media)
    return list(registry.importer("cryptomatte").read(src, target, options))


def two_objects() -> FakeSource:
    labels = np.zeros((6, 8), np.uint8)
    labels[1:4, 1:4] = 1
    labels[2:5, 4:7] = 2
    labels[5, :2] = VOID
    source = FakeSource([labels])
    source.objects = tuple(
        ObjectInfo(i, name, (i, i, i), "") for i, name in ((1, "creature"), (2, "Drache ü"))
    )
    source.classes = classes_of(source.objects)
    return source


class TestCryptomatte:
    def test_numbers_are_those_of_the_specification(self) -> None:
        # Known answers of MurmurHash3 (x86, 32 bits, seed 0), and of the layer's key.
        for name, bits in (("hello", 0x248BFA47), ("hello, world", 0x149BBB7F)):
            assert np.float32(number_of(name)).view(np.uint32) == bits

    @given(st.text())
    def test_numbers_are_usual_floats(self, name: str) -> None:
        number = np.float32(number_of(name))
        assert np.isfinite(number)
        assert abs(number) >= np.finfo(np.float32).tiny

    def test_a_file_is_what_compositors_expect(self, tmp_path: Path) -> None:
        source = two_objects()
        file = export(source, tmp_path / "out") / "00000.exr"
        attributes = read_header(file).attributes
        key = next(k for k in attributes if k.endswith("/name")).rpartition("/")[0]
        assert attributes[f"{key}/name"] == "CryptoObject"
        assert attributes[f"{key}/hash"] == "MurmurHash3_32"
        assert attributes[f"{key}/conversion"] == "uint32_to_float32"
        assert '"creature":' in attributes[f"{key}/manifest"]
        channels = read_channels(file)
        number, cover = channels["CryptoObject00.R"], channels["CryptoObject00.G"]
        mask = source.maps[0] == 1
        assert np.array_equal(number == np.float32(number_of("creature")), mask)
        assert np.array_equal(cover == 1, source.maps[0] > 0)
        assert not channels["CryptoObject00.A"].any()

    def test_names_come_back_without_the_frame_map(self, tmp_path: Path) -> None:
        source = two_objects()
        out = export(source, tmp_path / "out")
        (out / FILE_NAME).unlink()
        (frame,) = load(source, out)
        assert frame.label_map is not None
        ids = {info.name: info.id for info in frame.infos}
        assert ids.keys() == {"creature", "Drache ü"}
        for name, mask in (("creature", 1), ("Drache ü", 2), ("", VOID)):
            assert np.array_equal(frame.label_map == ids.get(name, VOID), source.maps[0] == mask)

    def test_objects_of_one_name_stay_two(self, tmp_path: Path) -> None:
        source = two_objects()
        source.objects = tuple(ObjectInfo(i, "void", (1, 1, 1), "") for i in (1, 2))
        assert unique_names(source.objects) == {VOID: "void", 1: "void 1", 2: "void 2"}
        (frame,) = load(source, export(source, tmp_path / "out"))
        assert np.array_equal(frame.label_map, source.maps[0])

    def test_soft_outlines_share_pixels(self, tmp_path: Path) -> None:
        labels = np.zeros((20, 40), np.uint8)
        labels[:, :20] = 1
        labels[:, 20:] = 2
        source = FakeSource([labels])
        ramp = np.clip((np.arange(40) - 14.5) / 10, 0, 1).astype(np.float32)
        source.softs[0, 1] = np.tile(1 - ramp, (20, 1))
        source.softs[0, 2] = np.tile(ramp, (20, 1))
        out = export(source, tmp_path / "out", soft=True)
        channels = read_channels(out / "00000.exr")
        first, second = channels["CryptoObject00.G"][9], channels["CryptoObject00.A"][9]
        assert first[19] == pytest.approx(0.55, abs=1e-3)
        assert second[19] == pytest.approx(0.45, abs=1e-3)
        assert first[5] == 1
        assert second[5] == 0
        assert ((first + second) <= 1 + 1e-6).all()
        (frame,) = load(source, out)
        assert np.array_equal(frame.label_map, labels)

    def foreign(self, path: Path, **more: str) -> Path:
        """A file as a renderer writes it: small letters, three ranks, no manifest."""
        number = {name: np.float32(number_of(name)) for name in "abc"}
        row = {
            "00.r": [number["a"]] * 4, "00.g": [0.9, 0.4, 0.3, 0.2],
            "00.b": [number["b"]] * 4, "00.a": [0.1, 0.5, 0.2, 0.2],
            "01.r": [number["c"]] * 4, "01.g": [0.0, 0.1, 0.35, 0.1],
            "01.b": [0.0] * 4, "01.a": [0.0] * 4,
        }  # fmt: skip
        channels = {
            f"View.CryptoObject{name}": np.array([values], np.float32)
            for name, values in row.items()
        }
        attributes = {"cryptomatte/f834d0a/name": "View.CryptoObject", **more}
        return save(path, channels, **attributes)

    def test_the_object_that_covers_most_has_the_pixel(self, tmp_path: Path) -> None:
        file = self.foreign(tmp_path / "00000.exr")
        source = FakeSource([np.zeros((1, 4), np.uint8)])
        (frame,) = load(source, file)
        assert frame.label_map is not None
        names = {info.id: info.name for info in frame.infos}
        bits = {f"{np.float32(number_of(n)).view(np.uint32):08x}": n for n in "abc"}
        found = [bits[names[i]] if i else "" for i in frame.label_map[0].tolist()]
        assert found == ["a", "b", "c", ""], "the last pixel is free for the most part"

    def test_the_layer_can_be_chosen(self, tmp_path: Path) -> None:
        file = self.foreign(tmp_path / "00000.exr")
        source = FakeSource([np.zeros((1, 4), np.uint8)])
        assert len(load(source, file, layer="View.CryptoObject")) == 1
        with pytest.raises(FormatError, match=r"no layer 'Material'") as refused:
            load(source, file, layer="Material")
        assert "View.CryptoObject" in str(refused.value.hint)

    @pytest.mark.parametrize("manifest", ["{", "[1]", '{"a": "xyz"}', '{"a": 5}', "[" * 100_000])
    def test_a_damaged_manifest_is_told(self, tmp_path: Path, manifest: str) -> None:
        more = {"cryptomatte/f834d0a/manifest": manifest}
        file = self.foreign(tmp_path / "00000.exr", **more)
        with pytest.raises(FormatError, match="manifest"):
            load(FakeSource([np.zeros((1, 4), np.uint8)]), file)

    def test_pictures_without_mattes_are_refused(self, tmp_path: Path) -> None:
        file = save(tmp_path / "00000.exr", {"Y": LIGHT})
        with pytest.raises(FormatError, match="no Cryptomatte"):
            load(FakeSource([np.zeros((4, 8), np.uint8)]), file)

    def test_what_is_dropped_is_known(self, tmp_path: Path) -> None:
        out = export(two_objects(), tmp_path / "out")
        assert guess_format(out) == guess_format(out / "00000.exr") == "cryptomatte"
        assert guess_format(save(tmp_path / "a.exr", {"Y": LIGHT})) is None
        (tmp_path / "b.exr").write_bytes(b"no")
        assert guess_format(tmp_path / "b.exr") is None
