"""Image folders: order, kinds of files, and everything that may be wrong with them."""

from __future__ import annotations

import pickle
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from annotator.core.errors import Cancelled, MediaError
from annotator.core.types import Size
from annotator.io.media import (
    MediaChanged,
    MediaMissing,
    base,
    images,
    locate,
    open_media,
    verify,
)
from tests.videos import picture, write_video

PICTURE = picture(5, 31, 17)


def save(folder: Path, name: str, image: NDArray[np.uint8] = PICTURE) -> Path:
    folder.mkdir(exist_ok=True)
    PilImage.fromarray(image).save(folder / name)
    return folder / name


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for i in (10, 2, 1):
        save(tmp_path / "f", f"img{i}.png", picture(i, 31, 17))
    (tmp_path / "f" / "notes.txt").write_text("not an image")
    (tmp_path / "f" / "._img1.png").write_bytes(b"left by another system")
    return tmp_path / "f"


def test_natural_order_names_and_times(folder: Path) -> None:
    with open_media(folder) as media:
        assert [media.name(i) for i in range(len(media))] == ["img1", "img2", "img10"]
        assert media.size == Size(31, 17)
        assert media.kind == "images"
        assert [media.pts(i) for i in range(3)] == [0, 1 / 24, 2 / 24]
        for i, number in enumerate((1, 2, 10)):
            assert np.array_equal(media.read(i), picture(number, 31, 17))
        assert not media.read(0).flags.writeable
        twin = pickle.loads(pickle.dumps(media))
        assert np.array_equal(twin.read(2), media.read(2))
        with pytest.raises(IndexError):
            media.read(3)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((1001, 1002, 1003, 1005, 1006, 1009), "3 missing, the first between p.1003 and p.1005"),
        ((0, 5, 10, 15, 25), "1 missing, the first between p.15 and p.25"),
        ((1001, 1002, 1003, 1004), ""),
        ((0, 5, 10, 15), ""),
        ((1, 7, 8, 90), ""),
        ((1, 3), ""),
    ],
)
def test_gaps_in_a_numbered_sequence_are_told(
    tmp_path: Path, numbers: tuple[int, ...], told: str
) -> None:
    for number in numbers:
        save(tmp_path / "f", f"p.{number}.png")
    with open_media(tmp_path / "f") as media:
        assert len(media) == len(numbers)
        assert len(media.notes) == bool(told)
        assert told in "".join(media.notes)


def test_names_that_differ_otherwise_have_no_gaps(tmp_path: Path) -> None:
    for name in ("a1", "a2", "a4", "b5", "b6", "c"):
        save(tmp_path / "f", f"{name}.png")
    with open_media(tmp_path / "f") as media:
        assert media.notes == ()


@pytest.mark.parametrize("name", ["a.png", "A.PNG", "a.bmp", "a.tif", "a.TIFF", "a.webp"])
def test_every_kind_of_image_opens_alone(tmp_path: Path, name: str) -> None:
    file = save(tmp_path, "x" + Path(name).suffix.lower()).rename(tmp_path / name)
    with open_media(file) as media:
        assert len(media) == 1
        difference = np.abs(media.read(0).astype(int) - PICTURE)
        assert difference.mean() < (9 if "webp" in name else 0.01)


def test_jpeg(tmp_path: Path) -> None:
    PilImage.fromarray(PICTURE).save(tmp_path / "a.JPEG", quality=97)
    with open_media(tmp_path) as media:
        assert np.abs(media.read(0).astype(int) - PICTURE).mean() < 6


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_become_8(tmp_path: Path, suffix: str) -> None:
    deep = PICTURE.astype(np.uint16) * 257
    assert cv2.imwrite(str(tmp_path / f"a{suffix}"), deep[..., ::-1])
    assert cv2.imwrite(str(tmp_path / f"b{suffix}"), deep[..., 0])
    with open_media(tmp_path) as media:
        assert np.array_equal(media.read(0), PICTURE)
        assert np.array_equal(media.read(1), PICTURE[..., :1].repeat(3, axis=2))


def test_grey_palette_and_alpha(tmp_path: Path) -> None:
    opaque = PilImage.fromarray(PICTURE)
    opaque.convert("L").save(tmp_path / "1.png")
    faint = opaque.copy()
    faint.putalpha(40)
    faint.save(tmp_path / "2.png")
    flat = PilImage.new("P", opaque.size, 3)
    flat.putpalette([0, 0, 0, 9, 9, 9, 8, 8, 8, 200, 100, 50])
    flat.save(tmp_path / "3.png", transparency=3)
    with open_media(tmp_path) as media:
        grey = np.asarray(opaque.convert("L"))
        assert np.array_equal(media.read(0), grey[..., None].repeat(3, axis=2))
        assert np.array_equal(media.read(1), PICTURE)
        assert (media.read(2) == (200, 100, 50)).all()


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int, suffix: str, deep: bool) -> None:
    exif = PilImage.Exif()
    exif[0x0112] = orientation
    grey = PICTURE[..., 0]
    stored = grey.astype(np.uint16) * 257 if deep else grey
    PilImage.fromarray(stored).save(tmp_path / f"a{suffix}", exif=exif)
    expected = {
        1: PICTURE,
        2: PICTURE[:, ::-1],
        3: PICTURE[::-1, ::-1],
        4: PICTURE[::-1],
        5: PICTURE.swapaxes(0, 1),
        6: np.rot90(PICTURE, -1),
        7: np.rot90(PICTURE, 2).swapaxes(0, 1),
        8: np.rot90(PICTURE),
    }[orientation]
    with open_media(tmp_path) as media:
        assert media.size.shape == expected.shape[:2]
        assert np.array_equal(media.read(0)[..., 1], expected[..., 0])


class TestBadFolders:
    @pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"garbage"])
    def test_unreadable_file_is_named(self, folder: Path, data: bytes) -> None:
        (folder / "img3.png").write_bytes(data)
        with pytest.raises(MediaError, match=r"img3\.png") as caught:
            open_media(folder)
        assert caught.value.hint

    def test_mixed_sizes_name_both(self, folder: Path) -> None:
        save(folder, "img4.png", picture(0, 30, 17))
        with pytest.raises(MediaError, match=r"img1\.png is 31x17, img4\.png is 30x17"):
            open_media(folder)

    def test_no_images(self, tmp_path: Path) -> None:
        with pytest.raises(MediaError, match="holds no images"):
            open_media(tmp_path)

    def test_two_files_of_one_name(self, folder: Path) -> None:
        save(folder, "IMG2.bmp")
        with pytest.raises(MediaError, match=r"same name: .*mg2.*mg2|same name: .*MG2.*mg2"):
            open_media(folder)

    def test_bomb_is_refused_before_it_is_decoded(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(images, "MAX_PIXELS", 400)
        with pytest.raises(MediaError, match="31x17 pixels, more than"):
            open_media(folder)

    @pytest.mark.parametrize("side", [12000, 15000, 16384, 16385, 30000])
    def test_the_bound_is_ours_and_not_that_of_the_library(
        self, tmp_path: Path, side: int, recwarn: pytest.WarningsRecorder
    ) -> None:
        """Pillow warns from 89 million pixels on, and refuses from 179 million on."""
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        chunk = b"IHDR" + header
        png = struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        (tmp_path / "a.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + png + struct.pack(">I", 9) + b"IDAT"
        )
        if side * side > base.MAX_PIXELS:
            with pytest.raises(MediaError, match="more than can be handled"):
                open_media(tmp_path)
        else:
            with open_media(tmp_path) as media:
                assert media.size == Size(side, side)
        assert not recwarn.list

    def test_truncated_file_fails_when_read(self, tmp_path: Path) -> None:
        file = save(tmp_path, "a.png", picture(0, 200, 200))
        file.write_bytes(file.read_bytes()[:-400])
        with open_media(tmp_path) as media, pytest.raises(MediaError, match=r"a\.png"):
            media.read(0)

    def test_file_replaced_by_another_size(self, folder: Path) -> None:
        with open_media(folder) as media:
            save(folder, "img2.png", picture(0, 12, 17))
            with pytest.raises(MediaError, match="12x17 now"):
                media.read(1)

    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(MediaMissing, match="no file or folder"):
            open_media(tmp_path / "gone")


def test_headers_are_checked_once_with_a_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    open_media(folder, cache_dir=cache).close()
    monkeypatch.setattr(images, "header_size", None)
    assert open_media(folder, cache_dir=cache).size == Size(31, 17)
    monkeypatch.undo()
    save(folder, "img11.png", picture(0, 12, 17))
    with pytest.raises(MediaError, match="differ in size"):
        open_media(folder, cache_dir=cache)


class TestMoved:
    def test_unchanged_media_pass(self, folder: Path) -> None:
        with open_media(folder) as media:
            ref, fingerprint = media.ref, media.fingerprint
        with verify(ref, fingerprint) as again:
            assert len(again) == 3

    def test_changed(self, folder: Path) -> None:
        with open_media(folder) as media:
            ref, fingerprint = media.ref, media.fingerprint
        (folder / "img2.png").unlink()
        with pytest.raises(MediaChanged, match="frames have changed") as caught:
            verify(ref, fingerprint)
        assert "Locate" in caught.value.hint

    def test_moved_video_is_found_by_name_and_content(self, tmp_path: Path) -> None:
        old = write_video(tmp_path / "clip.mp4", frames=5)
        with open_media(old) as media:
            ref, fingerprint = media.ref, media.fingerprint
        (tmp_path / "x" / "y").mkdir(parents=True)
        write_video(tmp_path / "x" / "clip.mp4", frames=6)  # the same name, another video
        new = old.rename(tmp_path / "x" / "y" / "clip.mp4")
        with pytest.raises(MediaMissing) as caught:
            verify(ref, fingerprint)
        assert "Locate" in caught.value.hint
        assert locate(ref, fingerprint, tmp_path) == new
        new.unlink()
        assert locate(ref, fingerprint, tmp_path) is None

    def test_moved_folder(self, folder: Path, tmp_path: Path) -> None:
        with open_media(folder) as media:
            ref, fingerprint = media.ref, media.fingerprint
        (tmp_path / "new").mkdir()
        moved = folder.rename(tmp_path / "new" / "f")
        assert locate(ref, fingerprint, tmp_path / "new") == moved
        assert locate(ref, fingerprint, moved) == moved


def test_bound_is_stated() -> None:
    assert base.MAX_PIXELS == 2**28


@pytest.mark.parametrize("suffix", [".tif", ".webp", ".png"])
def test_a_stack_of_pages_is_not_taken_for_one_frame(tmp_path: Path, suffix: str) -> None:
    pages = [PilImage.fromarray(picture(i, 31, 17)) for i in range(3)]
    stack = tmp_path / "f" / f"stack{suffix}"
    stack.parent.mkdir()
    pages[0].save(stack, save_all=True, append_images=pages[1:])
    for place in (stack, stack.parent):
        with pytest.raises(MediaError, match="3 pages"):
            open_media(place)
    save(stack.parent, f"other{suffix}")
    with open_media(stack.parent) as media:
        assert len(media) == 2


def test_looking_at_many_images_can_be_stopped(tmp_path: Path) -> None:
    folder, cache = tmp_path / "many", tmp_path / "cache"
    for number in range(5):
        save(folder, f"{number}.png")
    left = iter(range(2))
    with pytest.raises(Cancelled):
        open_media(folder, cache, lambda: next(left, None) is None)
    assert not list(cache.glob("*"))
    with open_media(folder, cache) as media:
        assert len(media) == 5
