"""Copies of frames whose writer was killed: nothing wrong is shown, and the cache goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from annotator.io.media import open_media
from annotator.io.media.previews import Previews
from annotator.io.media.proxy import SMALL, ProxyStore
from tests.conftest import ROOT
from tests.videos import picture, write_video

CHILD = """
import sys, time
from pathlib import Path
from annotator.io.media import open_media
from annotator.io.media.previews import Previews
clip, cache = map(Path, sys.argv[1:])
previews = Previews(open_media(clip, cache), cache, lambda frame: None)
previews.hurry()
print("ready", flush=True)
time.sleep(60)
"""
_PAGE = 16384


def test_a_store_that_is_damaged_anywhere_takes_copies_again(tmp_path: Path) -> None:
    """As a killed writer may leave it: its transactions are kept in memory."""
    file = tmp_path / SMALL.file
    noise = np.random.default_rng(0).integers(0, 256, (16, 96, 128, 3), dtype=np.uint8)
    with closing(ProxyStore(tmp_path, "s", 20, SMALL)) as store:
        for frame in range(16):
            store.put(frame, noise[frame])
    whole = file.read_bytes()
    assert len(whole) > 8 * _PAGE
    for page in range(len(whole) // _PAGE):
        for scrap in (b"\0" * _PAGE, b"\xff" * _PAGE):
            file.write_bytes(whole[: page * _PAGE] + scrap + whole[(page + 1) * _PAGE :])
            with closing(ProxyStore(tmp_path, "s", 20, SMALL)) as store:
                for frame in range(20):
                    store.get(frame)
                for _ in range(2):  # the first one may meet the damage
                    for frame in range(20):
                        store.put(frame, picture(frame, 128, 96))
                assert not store.full, page
                assert store.known.all()
                assert all(store.get(frame) is not None for frame in range(20))


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_kills_while_copies_are_made_cost_no_frame(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "v.mp4", frames=90, size=(320, 240), options={"g": "90"})
    with open_media(clip) as media:
        frames = [media.read(frame).tobytes() for frame in range(90)]
    cache, rng = tmp_path / "cache", random.Random(3)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, clip, cache], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 0.3))
        child.kill()
        child.stdout.close()
        child.wait()
        with open_media(clip, cache) as media:
            assert [media.read(frame).tobytes() for frame in range(90)] == frames
    with open_media(clip, cache) as media, closing(Previews(media, cache, print)) as previews:
        previews.hurry()
        deadline = time.monotonic() + 60
        while previews.awaited and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not previews.awaited
        assert [media.read(frame).tobytes() for frame in range(90)] == frames
