"""What was seen of a clip is found again, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.backends.saliency.clip_course import Course
from annotator.backends.saliency.course_store import FILE, keep_course, kept_course


def seen(length: int = 5) -> Course:
    rng = np.random.default_rng(length)
    return Course(np.cumsum(rng.random(length)), rng.random(length))


@pytest.fixture
def cache(tmp_path: Path) -> str:
    keep_course(str(tmp_path / "cache"), "abc", seen())
    return str(tmp_path / "cache")


def test_it_comes_back_as_it_was(cache: str):
    found = kept_course(cache, "abc", 5)
    assert found is not None
    assert np.array_equal(found.place, seen().place)
    assert np.array_equal(found.unclear, seen().unclear)


def test_of_other_media_or_another_length_it_is_none(cache: str):
    assert kept_course(cache, "abd", 5) is None
    assert kept_course(cache, "abc", 6) is None
    assert kept_course("", "abc", 5) is None


@given(st.data())
def test_a_damaged_file_is_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    folder = tmp_path_factory.mktemp("c")
    keep_course(str(folder), "abc", seen())
    whole = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert kept_course(str(folder), "abc", 5) is None


@pytest.mark.parametrize("curve", ["place", "unclear"])
@pytest.mark.parametrize("value", [np.nan, -5.0])
def test_curves_that_cannot_be_are_none(cache: str, curve: str, value: float):
    kept = msgspec.msgpack.decode((Path(cache) / FILE).read_bytes())
    values = np.frombuffer(kept[curve], "<f8").copy()
    values[3] = value
    (Path(cache) / FILE).write_bytes(msgspec.msgpack.encode({**kept, curve: values.tobytes()}))
    assert kept_course(cache, "abc", 5) is None


def test_a_cache_that_cannot_be_written_stops_nobody(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    keep_course(str(tmp_path / "cache"), "abc", seen())
    assert kept_course(str(tmp_path / "cache"), "abc", 5) is None
