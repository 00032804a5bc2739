"""Any frame by its number must be the frame that plain decoding gives at that place."""

from __future__ import annotations

import pickle
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image as PilImage

from annotator.core.errors import Cancelled, MediaError
from annotator.core.types import Size
from annotator.io.media import container, open_media
from annotator.io.media import video as video_module
from tests.videos import decode_plainly, picture, write_video

X264 = {"preset": "veryfast", "crf": "20"}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "h264 with B-frames": ("a.mp4", {"options": X264 | {"x264-params": "keyint=8:bframes=3"}}),
    "one long group": ("a.mp4", {"options": X264, "frames": 40}),
    "open groups": ("a.mkv", {"options": X264 | {"x264-params": "keyint=8:open-gop=1"}}),
    "gradual refresh": ("a.mkv", {"options": X264 | {"x264-params": "keyint=8:intra-refresh=1"}}),
    "transport stream": ("a.ts", {"options": X264 | {"x264-params": "keyint=8"}}),
    "h264 in AVI": ("a.avi", {"options": X264 | {"x264-params": "keyint=8:bframes=2"}}),
    "mpeg4 in AVI": ("a.avi", {"codec": "mpeg4", "b_frames": 2}),
    "mpeg4 in MP4": ("a.mp4", {"codec": "mpeg4", "b_frames": 2}),
    "raw stream": ("a.h264", {"options": X264 | {"x264-params": "keyint=8"}}),
    "program stream": ("a.mpg", {"codec": "mpeg2video", "b_frames": 2, "frames": 40}),
    "hevc": (
        "a.mp4",
        {"codec": "libx265", "options": {"x265-params": "keyint=8:min-keyint=8:log-level=none"}},
    ),
    "hevc, 10 bits": (
        "a.mkv",
        {
            "codec": "libx265",
            "pix_fmt": "yuv420p10le",
            "options": {"x265-params": "log-level=none"},
        },
    ),
    "vp9, odd size": ("a.webm", {"codec": "libvpx-vp9", "size": (97, 55), "frames": 16}),
    "ffv1, 10 bits, odd size": (
        "a.mkv",
        {"codec": "ffv1", "pix_fmt": "yuv420p10le", "size": (97, 55)},
    ),
    "mjpeg": ("a.mov", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
    "gif": ("a.gif", {"codec": "gif", "pix_fmt": "rgb8", "frames": 10}),
    "one frame": ("a.mp4", {"options": X264, "frames": 1}),
    "two frames": ("a.mp4", {"options": X264, "frames": 2}),
    "with sound": ("a.mp4", {"options": X264 | {"x264-params": "keyint=8"}, "audio": True}),
    "variable rate": (
        "a.mp4",
        {
            "options": X264 | {"x264-params": "keyint=8:bframes=3"},
            "time_base": Fraction(1, 1000),
            "ticks": [0, 10, 40, 41, 300, 350, 351, 352, 900, 1700, 1740, 1777, 4000, 4040],
            "frames": 14,
        },
    ),
    "late start": ("a.mkv", {"options": X264, "ticks": range(100, 124)}),
    "cut by an edit list": (
        "a.mp4",
        {"options": X264 | {"x264-params": "keyint=8:bframes=2"}, "shift": -5},
    ),
}


@pytest.fixture(params=VARIANTS, name="variant")
def _variant(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, how = VARIANTS[request.param]
    return write_video(tmp_path / name, **how)


def test_every_frame_equals_plain_decoding(variant: Path) -> None:
    images, times = decode_plainly(variant)
    with open_media(variant) as media:
        assert len(media) == len(images)
        if variant.suffix not in (".avi", ".h264"):  # these state no presentation times
            assert media.pts_ticks.tolist() == times
        assert (np.diff(media.pts_ticks) > 0).all()
        count = len(media)
        shuffled = list(range(count)) * 2
        random.Random(1).shuffle(shuffled)
        for order in (range(count), reversed(range(count)), shuffled, range(0, count, 3)):
            for frame in order:
                assert np.array_equal(media.read(frame), images[frame]), frame
        assert media.notes == ()


def test_reading_in_order_never_seeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", frames=40, options=X264 | {"x264-params": "keyint=6"})
    seeks: list[int] = []
    plain = video_module.VideoFile._seek

    def counted(self: video_module.VideoFile, key: int) -> None:
        seeks.append(key)
        plain(self, key)

    monkeypatch.setattr(video_module.VideoFile, "_seek", counted)
    with open_media(path) as media:
        for frame in range(len(media)):
            media.read(frame)
    assert len(seeks) == 1


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_applied(tmp_path: Path, degrees: int) -> None:
    path = write_video(tmp_path / "r.mp4", rotation=degrees, options=X264, frames=3)
    with open_media(path) as media:
        upright = np.rot90(picture(1, 96, 64), degrees // 90)
        assert media.size == Size(upright.shape[1], upright.shape[0])
        assert np.abs(media.read(1).astype(int) - upright).mean() < 12


@pytest.mark.parametrize("matrix", [(1, 1), (1, 2), (5, 1), (5, 2)])
def test_colours_follow_the_stated_matrix_and_range(
    tmp_path: Path, matrix: tuple[int, int]
) -> None:
    colors = [(200, 40, 60), (30, 180, 90), (60, 70, 220), (250, 250, 250), (5, 5, 5)]
    images = [np.full((64, 64, 3), color, np.uint8) for color in colors]
    path = write_video(
        tmp_path / "c.mp4", images=images, size=(64, 64), matrix=matrix, options={"crf": "1"}
    )
    with open_media(path) as media:
        for frame, color in enumerate(colors):
            seen = media.read(frame).reshape(-1, 3).mean(axis=0)
            assert np.abs(seen - color).max() < 4, (color, seen)


def test_times_names_and_lookup(tmp_path: Path) -> None:
    ticks = [0, 40, 80, 500, 510]
    path = write_video(
        tmp_path / "v.mkv", frames=5, ticks=ticks, time_base=Fraction(1, 1000), options=X264
    )
    with open_media(path) as media:
        assert [media.pts(i) for i in range(5)] == [t / 1000 for t in ticks]
        assert [media.frame_at(media.pts(i)) for i in range(5)] == list(range(5))
        assert media.frame_at(-3) == 0
        assert media.frame_at(0.499) == 2
        assert media.frame_at(99) == 4
        assert media.name(3) == "00003"
        assert media.kind == "video"
        assert media.fps == pytest.approx(4 / 0.51)
        for wrong in (-1, 5):
            with pytest.raises(IndexError):
                media.read(wrong)
            with pytest.raises(IndexError):
                media.name(wrong)


def test_stated_rate_is_kept_exactly(tmp_path: Path) -> None:
    with open_media(write_video(tmp_path / "v.mkv", options=X264)) as media:
        assert media.fps == 25


def test_frames_are_read_only_and_media_travel_as_references(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", options=X264)
    with open_media(path) as media, pickle.loads(pickle.dumps(media)) as twin:
        assert np.array_equal(media.read(7), twin.read(7))
        assert media.fingerprint == twin.fingerprint
        assert media.ref == twin.ref
        with pytest.raises(ValueError, match="read-only"):
            media.read(0)[0, 0] = 0
    with pytest.raises(MediaError):
        media.read(0)
    media.close()


def test_index_is_kept_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "v.mp4", options=X264)
    cache = tmp_path / "cache"
    with open_media(path, cache_dir=cache) as media:
        fingerprint, image = media.fingerprint, media.read(5)
    (file,) = cache.iterdir()
    monkeypatch.setattr(container, "build_index", None)
    with open_media(path, cache_dir=cache) as media:
        assert media.fingerprint == fingerprint
        assert np.array_equal(media.read(5), image)
    monkeypatch.undo()
    file.write_bytes(file.read_bytes()[:100])
    with open_media(path, cache_dir=cache) as media:
        assert media.fingerprint == fingerprint


def test_fingerprint_tells_videos_apart(tmp_path: Path) -> None:
    plain = write_video(tmp_path / "a.mkv", options=X264)
    longer = write_video(tmp_path / "b.mkv", options=X264, frames=25)
    copy = tmp_path / "renamed.mkv"
    copy.write_bytes(plain.read_bytes())
    prints = [open_media(p).fingerprint for p in (plain, longer, copy)]
    assert prints[0] == prints[2] != prints[1]


def test_reading_gives_up_when_asked(tmp_path: Path) -> None:
    with open_media(write_video(tmp_path / "v.mp4", options=X264)) as media:
        calls = iter([False] * 4 + [True] * 100)
        assert media.read_unless(20, lambda: next(calls)) is None
        images, _ = decode_plainly(media.path)
        assert np.array_equal(media.read(20), images[20])


_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "mp4": ("w.mp4", {}),
    "mp4, its table first": ("w.mp4", {"container_options": {"movflags": "faststart"}}),
    "mp4 in fragments": (
        "w.mp4",
        {"container_options": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "8"}},
    ),
    "mov": ("w.mov", {}),
    "mkv": ("w.mkv", {}),
    "mkv of a live recording": ("w.mkv", {"container_options": {"live": "1"}}),
    "webm": ("w.webm", {"codec": "libvpx-vp9"}),
    "avi": ("w.avi", {"codec": "mpeg4"}),
    "avi that is counted": ("w.avi", {"codec": "libx264", "b_frames": 2}),
    "wmv": ("w.wmv", {"codec": "wmv2"}),
    "flv": ("w.flv", {"codec": "flv"}),
    "ts": ("w.ts", {}),
    "ts of MPEG-2": ("w.ts", {"codec": "mpeg2video"}),
    "m2ts": ("w.m2ts", {}),
    "mpg": ("w.mpg", {"codec": "mpeg2video"}),
    "mpg of MPEG-1": ("w.mpg", {"codec": "mpeg1video"}),
    "vob": ("w.vob", {"codec": "mpeg2video"}),
    "ogg": ("w.ogv", {"codec": "libvpx"}),
    "gif": ("w.gif", {"codec": "gif", "pix_fmt": "rgb8"}),
}
# Of the first two nothing is left; nothing is known of the end of the last one.
_CAN_BE_CUT = sorted(_KINDS.keys() - {"mp4", "mov", "flv"})


def _cut_off(name: str, count: int) -> str:
    return f"{name} seems to be cut off: only its first {count} frames can be read."


class TestBadVideos:
    @pytest.fixture(name="whole")
    def _whole(self, tmp_path: Path) -> Path:
        return write_video(
            tmp_path / "w.mp4",
            frames=60,
            options=X264 | {"x264-params": "keyint=8"},
            container_options={"movflags": "+faststart"},
        )

    def test_cut_off_file_opens_with_what_is_there(self, whole: Path) -> None:
        images, _ = decode_plainly(whole)
        data = whole.read_bytes()
        whole.write_bytes(data[: len(data) * 3 // 4])
        with open_media(whole) as media:
            assert 0 < len(media) < 60
            assert media.notes == (_cut_off("w.mp4", len(media)),)
            for frame in range(len(media)):
                assert np.array_equal(media.read(frame), images[frame])

    def test_cut_off_matroska(self, tmp_path: Path) -> None:
        path = write_video(tmp_path / "w.mkv", frames=60, options=X264)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with open_media(path) as media:
            assert 0 < len(media) < 60
            media.read(len(media) - 1)

    @pytest.mark.parametrize("share", [0.6, 0.9])
    @pytest.mark.parametrize("kind", _CAN_BE_CUT)
    def test_a_cut_off_file_says_so_and_a_whole_one_does_not(
        self, tmp_path: Path, kind: str, share: float
    ) -> None:
        written, options = _KINDS[kind]
        path = write_video(tmp_path / written, frames=60, **options)
        with open_media(path, tmp_path / "cache") as media:
            assert media.notes == ()
        # Not where a packet of a transport stream ends, by chance.
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share) - 5])
        for cache in (tmp_path / "cache", tmp_path / "cache", None):
            with open_media(path, cache) as media:
                assert 0 < len(media) <= 60
                assert media.notes == (_cut_off(written, len(media)),)

    @pytest.mark.parametrize("kind", sorted(_KINDS))
    def test_nothing_is_said_of_healthy_files(self, tmp_path: Path, kind: str) -> None:
        written, options = _KINDS[kind]
        times = [i * i // 2 + i for i in range(30)]
        path = write_video(tmp_path / written, frames=30, audio="mkv" in written, **options)
        other = tmp_path / f"variable {written}"
        one_rate = options.get("codec", "").startswith(("mpeg1", "mpeg2"))
        one_rate = one_rate or written.endswith(("ogv", "gif"))
        if one_rate:
            times = list(range(30))
        base = Fraction(1, 25) if one_rate else Fraction(1, 1000)
        write_video(other, ticks=times, frames=30, time_base=base, **options)
        with_tail = tmp_path / f"tail {written}"
        with_tail.write_bytes(path.read_bytes() + b"\0" * 5000)
        for file in (path, other, with_tail):
            with open_media(file) as media:
                assert media.notes == (), file.name
                assert len(media) == 30 or "tail" in file.name

    def test_nothing_is_said_of_images(self, tmp_path: Path) -> None:
        (tmp_path / "f").mkdir()
        PilImage.fromarray(picture(0, 31, 17)).save(tmp_path / "f" / "0.png")
        with open_media(tmp_path / "f") as media:
            assert media.notes == ()

    def test_file_without_its_table(self, tmp_path: Path) -> None:
        path = write_video(tmp_path / "w.mp4", frames=60, options=X264)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(MediaError, match=r"w\.mp4 seems to be cut off, and no frame"):
            open_media(path)

    def test_damage_inside_is_an_error_of_that_frame_only(self, whole: Path) -> None:
        data = bytearray(whole.read_bytes())
        for i in range(len(data) // 2, len(data) // 2 + 2000):
            data[i] = i * 37 % 256
        whole.write_bytes(data)
        with open_media(whole) as media:
            media.read(0)
            for frame in range(len(media)):
                try:
                    assert media.read(frame).shape == (64, 96, 3)
                except MediaError as error:
                    assert f"Frame {frame} of" in str(error)  # noqa: PT017 - either is right
            media.read(len(media) - 1)

    def test_file_that_vanishes(self, whole: Path) -> None:
        with open_media(whole) as media:
            media.close()
        whole.unlink()
        with pytest.raises(MediaError, match="There is no file"):
            open_media(whole)

    @pytest.mark.parametrize("content", [b"", b"no video at all" * 50, bytes(5000)])
    def test_no_video(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "x.mp4"
        path.write_bytes(content)
        with pytest.raises(MediaError, match=r"x\.mp4") as caught:
            open_media(path)
        assert caught.value.hint

    def test_text_is_not_rendered_as_a_terminal(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.txt"
        path.write_text("hello\n" * 30)
        with pytest.raises(MediaError):
            open_media(path)

    def test_sound_only(self, tmp_path: Path) -> None:
        path = tmp_path / "s.mp4"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("aac", rate=44100)
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), "fltp", "mono")
            frame.sample_rate = 44100
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                out.mux(packet)
        with pytest.raises(MediaError, match="holds no video"):
            open_media(path)


def test_being_stopped_anywhere_spoils_nothing(variant: Path) -> None:
    """A read that is given up between two packets leaves the next ones exact."""
    plain, _ = decode_plainly(variant)
    rng = random.Random(5)
    with open_media(variant) as media:
        for patience in [*range(1, 14)] * 2:
            asked = 0

            def stop(patience: int = patience) -> bool:
                nonlocal asked
                asked += 1
                return asked > patience

            frame = rng.randrange(len(media))
            got = media.read_unless(frame, stop)
            assert got is None or np.array_equal(got, plain[frame])
            after = rng.choice([frame, min(frame + 1, len(media) - 1), rng.randrange(len(media))])
            assert np.array_equal(media.read(after), plain[after])


def test_who_wants_to_stop_is_asked_before_the_first_picture_comes(tmp_path: Path) -> None:
    """Pictures that were put in order come some packets late; nobody waits for that long."""
    path = write_video(tmp_path / "a.mp4", frames=40, b_frames=2)
    with open_media(path) as media:
        assert isinstance(media, video_module.VideoFile)
        media._seek(2)
        assert next(media._frames) is None
        assert next(filter(None, media._frames)).pts == media.index.key_pts[2]


def test_indexing_that_is_stopped_leaves_nothing(variant: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with open_media(variant) as media:
        frames = len(media)
    for patience in (0, 1, frames - 1):
        left = iter(range(patience))
        with pytest.raises(Cancelled):
            open_media(variant, cache, lambda left=left: next(left, None) is None)
        assert not list(cache.glob("*"))
    with open_media(variant, cache) as media:
        assert len(media) == frames
