"""Cutting JSON documents into items: the same as decoding them whole, or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.errors import FormatError
from annotator.io.formats import jsonstream
from annotator.io.formats.base import NoControl

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
SHAPES = {"items": list[Any], "head": Any}


def stream(text: bytes, folder: Path, shapes: dict[str, Any] | None = None) -> list[Any]:
    file = folder / "x.json"
    file.write_bytes(text)
    return list(jsonstream.stream_json(file, shapes or SHAPES, "items", "Hint.", NoControl()))


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(VALUES, max_size=5),
    head=VALUES,
    other=VALUES,
    indent=st.sampled_from([None, 0, 2]),
    chunk=st.integers(1, 40),
)
def test_items_are_those_of_the_whole(
    items: list[Any],
    head: Any,
    other: Any,
    indent: int | None,
    chunk: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = json.dumps({"other": other, "items": items, "head": head}, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        # Every border of a chunk falls somewhere in the text.
        patch.setattr(jsonstream, "_CHUNK", chunk)
        found = stream(text.encode(), tmp_path_factory.mktemp("j"))
    assert [v for k, v in found if k == "items"] == items
    assert [v for k, v in found if k == "head"] == [head]


def test_a_list_at_the_top(tmp_path: Path) -> None:
    found = stream(b' [1, {"a": [2]}, "x,]"] \n', tmp_path, {"": list[Any]})
    assert found == [("", 1), ("", {"a": [2]}), ("", "x,]")]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"   ",
        b"7",
        b"[1]",
        b"{",
        b'{"items"',
        b'{"items": ',
        b'{"items": [',
        b'{"items": [1',
        b'{"items": [1 2]}',
        b'{"items": [1,]}',
        b'{"items": [,]}',
        b'{"items": [1}',
        b'{"items": {"a": 1}}',
        b'{"items": [1]} x',
        b'{"items": ["abc',
        b'{"items": [12"',
        b'{"items": [1], "head"}',
        b'{"items": [1], 3: 4}',
        b'{"items" [1]}',
        b'{"other": [[[',
        b'{"other": "abc',
        b'{"head": nul}',
        b'{"items": [' + b"[" * 100_000,
        b'{"head": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff\xfe{}",
    ],
)
def test_damaged_text(text: bytes, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"does not hold items|is empty"):
        stream(text, tmp_path)


def test_missing_keys_and_strange_items(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"items": [1, "a"]}')
    with pytest.raises(FormatError, match="has no 'head'"):
        list(jsonstream.stream_json(file, SHAPES, "items", "Hint.", NoControl(), ("items", "head")))
    with pytest.raises(FormatError, match="Expected `int`"):
        list(jsonstream.stream_json(file, {"items": list[int]}, "items", "Hint.", NoControl()))


def test_an_item_beyond_all_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonstream, "_MAX_ITEM", 1000)
    monkeypatch.setattr(jsonstream, "_CHUNK", 100)
    with pytest.raises(FormatError, match="far too large"):
        stream(msgspec.json.encode({"items": ["x" * 5000]}), tmp_path)
