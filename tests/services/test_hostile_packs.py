"""Packed projects that are not what they should be: refused, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.errors import MediaError, ProjectError, StrokeflowError
from annotator.io import packed as packed_format
from annotator.io.packed import MANIFEST, has_place, read_manifest
from annotator.io.store.schema import VERSION
from annotator.services.project.packing import (
    pack,
    pack_order,
)
from annotator.services.project.projects import create_project, open_project
from tests import fakes
from tests.services.test_embedding import Control
from tests.services.test_packing import packed, rich, tables, tree, unpacked
from tests.videos import write_video


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich(tmp_path, fakes.image_folder(tmp_path / "clip", 6))


Files = list[tuple[str, bytes]]


class Forgery:
    """An archive that is changed before it is written again."""

    def __init__(self, file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            self.files: Files = [(e.filename, archive.read(e)) for e in archive.infolist()]
        self.manifest = json.loads(dict(self.files)[MANIFEST])
        self.files = [(name, data) for name, data in self.files if name != MANIFEST]
        self.dress: Callable[[zipfile.ZipInfo], None] = lambda _: None
        self.raw_manifest: bytes | None = None
        self.afterwards: Callable[[zipfile.ZipFile], None] = lambda _: None

    def add(self, name: str, data: bytes = b"bad", listed: bool = True) -> None:
        self.files.append((name, data))
        if listed:
            self.manifest["members"].append(listing(name, data))

    def put(self, name: str, data: bytes) -> None:
        self.files = [(n, data if n == name else old) for n, old in self.files]
        self.manifest["members"] = [listing(n, d) for n, d in self.files]

    def write(self, file: Path) -> Path:
        text = json.dumps(self.manifest).encode()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            last = text if self.raw_manifest is None else self.raw_manifest
            for name, data in [*self.files, (MANIFEST, last)]:
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_DEFLATED
                self.dress(entry)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of the same name twice
                    archive.writestr(entry, data)
            self.afterwards(archive)
        return file


def listing(name: str, data: bytes) -> dict:
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def bomb(forgery: Forgery) -> None:
    """Ten megabytes behind an entry and a list that claim ten bytes."""
    data = bytes(10 << 20)
    forgery.files.append(("media/clip/x.bmp", data))
    forgery.manifest["members"].append(listing("media/clip/x.bmp", data[:10]))

    def lie(archive: zipfile.ZipFile) -> None:
        archive.getinfo("media/clip/x.bmp").file_size = 10

    forgery.afterwards = lie


def link(forgery: Forgery) -> None:
    forgery.add("media/clip/link", b"/etc/passwd")

    def dress(entry: zipfile.ZipInfo) -> None:
        if entry.filename.endswith("link"):
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    forgery.dress = dress


def method(forgery: Forgery) -> None:
    def dress(entry: zipfile.ZipInfo) -> None:
        entry.compress_type = zipfile.ZIP_LZMA

    forgery.dress = dress


def newer_database(forgery: Forgery) -> None:
    forgery.put("project.db", changed_database(forgery, f"PRAGMA user_version = {VERSION + 1}"))


def changed_database(forgery: Forgery, statement: str) -> bytes:
    place = Path(os.environ["PYTEST_FORGERY"]) / "forged.db"
    place.write_bytes(dict(forgery.files)["project.db"])
    db = sqlite3.connect(place)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute(statement)
    db.commit()
    db.close()
    data = place.read_bytes()
    place.unlink()
    return data


def twice(forgery: Forgery) -> None:
    name, data = forgery.files[-1]
    forgery.files.append((name, b"another"))
    assert data


def lose(forgery: Forgery) -> None:
    forgery.files = [f for f in forgery.files if f[0] != "project.db"]


def size(by: int) -> Callable[[Forgery], None]:
    def change(forgery: Forgery) -> None:
        forgery.manifest["members"][0]["size"] += by

    return change


def says(**facts: object) -> Callable[[Forgery], None]:
    return lambda forgery: forgery.manifest.update(facts)


def raw(data: bytes) -> Callable[[Forgery], None]:
    def change(forgery: Forgery) -> None:
        forgery.raw_manifest = data

    return change


def wrong_sum(forgery: Forgery) -> None:
    forgery.manifest["members"][0]["sha256"] = "0" * 64


def name(text: str) -> Callable[[Forgery], None]:
    return lambda forgery: forgery.add(text)


HOSTILE: dict[str, tuple[Callable[[Forgery], None], str]] = {
    "absolute": (name("/etc/evil"), "no place"),
    "above": (name("../evil"), "no place"),
    "above, deeper": (name("media/../../evil"), "no place"),
    "dots": (name("media/.."), "no place"),
    "drive": (name("C:/evil"), "no place"),
    "backslash": (name("media\\..\\..\\evil"), "no place"),
    "empty part": (name("media//evil"), "no place"),
    "control sign": (name("media/a\nb"), "no place"),
    "too deep": (name("media/a/b/c"), "no place"),
    "program": (name("evil.py"), "no place"),
    "cache": (name("cache/full.db"), "no place"),
    "log": (name("project.db-wal"), "no place"),
    "lock": (name("project.lock"), "no place"),
    "pickle": (name("models/net.pth"), "no place"),
    "folder": (name("media/clip/sub/"), "no place"),
    "link": (link, "no plain file"),
    "bomb": (bomb, "no packed project, or it is damaged"),
    "twice": (twice, "twice"),
    "listed twice": (
        lambda f: f.manifest["members"].append(f.manifest["members"][0]), "names a file twice"
    ),
    "not listed": (lambda f: f.add("media/clip/x.png", listed=False), "not in its list"),
    "listed, not there": (
        lambda f: f.manifest["members"].append(listing("media/clip/y.png", b"")), "is missing"
    ),
    "no database": (lose, "project.db' is missing"),
    "smaller": (size(-1), "not what its list says"),
    "larger": (size(1), "not what its list says"),
    "negative": (size(-(10**9)), "damaged"),
    "sum": (wrong_sum, "not what its list says"),
    "method": (method, "packed in another way"),
    "media above": (says(media=".."), "odd names"),
    "media elsewhere": (says(media="gone"), "'media/gone' is missing"),
    "name above": (says(name="../../evil"), "odd names"),
    "endless": (says(fps=1e300), "damaged"),
    "far future": (says(packed=1e18), "damaged"),
    "newer format": (says(format=2), "newer Strokeflow .format 2"),
    "no format": (says(format="one"), "damaged"),
    "no list": (raw(b"[]"), "damaged"),
    "no JSON": (raw(b"\xff\xfe{"), "damaged"),
    "newer database": (newer_database, "newer Strokeflow"),
    "other database": (
        lambda f: f.put("project.db", changed_database(f, "PRAGMA application_id = 7")),
        "not a Strokeflow project",
    ),
    "no database at all": (lambda f: f.put("project.db", b"x" * 5000), "damaged or not"),
    "no media known": (
        lambda f: f.put("project.db", changed_database(f, "DELETE FROM meta")), "which media"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_hostile_archives_are_refused_and_write_nothing(
    kind: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_FORGERY", str(tmp_path))
    mutate, told = HOSTILE[kind]
    forgery = Forgery(packed(project, media=True))
    mutate(forgery)
    place = tmp_path / "deep" / "inside"
    place.mkdir(parents=True)
    file = forgery.write(place / "bad.strokeflowz")
    before = tree(tmp_path)
    with pytest.raises(StrokeflowError, match=told) as refused:
        unpacked(file)
    assert ".part" not in str(refused.value), "files that are gone are not named"
    assert tree(tmp_path) == before
    assert refused.value.exit_code == 2


def test_the_forger_can_write_a_good_one(project: Path, tmp_path: Path) -> None:
    file = Forgery(packed(project, media=True)).write(tmp_path / "good.strokeflowz")
    assert tables(unpacked(file)) == tables(project)


def test_a_triggered_database_does_nothing_outside(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_FORGERY", str(tmp_path))
    forgery = Forgery(packed(project, media=True))
    trap = "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN SELECT writefile('evil', 'x'); END"
    forgery.put("project.db", changed_database(forgery, trap))
    file = forgery.write(tmp_path / "bad.strokeflowz")
    with pytest.raises(StrokeflowError):
        unpacked(file)
    assert not (tmp_path / "bad.strokeflow").exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all" * 100, b"PK\5\6" + bytes(18)])
def test_what_is_no_archive_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.strokeflowz"
    file.write_bytes(content)
    with pytest.raises(ProjectError, match=r"no packed project|is missing"):
        unpacked(file)
    with pytest.raises(ProjectError, match="There is no file"):
        unpacked(tmp_path / "gone.strokeflowz")


def test_a_huge_directory_or_list_is_not_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(project, media=True)
    monkeypatch.setattr(packed_format, "_LIST_LIMIT", 300)
    with pytest.raises(ProjectError, match=r"damaged|too large"):
        read_manifest(file)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_archive_is_refused_or_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file, original = damaged_of(tmp_path_factory)
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    place = tmp_path_factory.mktemp("damaged")
    (place / "p.strokeflowz").write_bytes(content)
    try:
        found = unpacked(place / "p.strokeflowz")
    except StrokeflowError:
        assert [p.name for p in place.iterdir()] == ["p.strokeflowz"]
    else:
        assert tables(found) == original
    shutil.rmtree(place)


_MADE: list[tuple[Path, dict]] = []


def damaged_of(factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """One archive for all examples."""
    if not _MADE or not _MADE[0][0].exists():
        folder = factory.mktemp("whole")
        project = rich(folder, fakes.image_folder(folder / "clip", 6))
        _MADE[:] = [(packed(project, media=True), tables(project))]
    return _MADE[0]


@pytest.mark.parametrize(
    ("member", "known"),
    [
        ("project.db", True), ("models/a b.safetensors", True), ("media/手 (1).mp4", True),
        ("media/12:30.png", os.name != "nt"), ("media/clip/00001.png", True), ("models", False),
        ("media/", False), ("", False), ("media/" + "x" * 256, False), ("media/\udc80", False),
    ],
)  # fmt: skip
def test_what_has_a_place(member: str, known: bool) -> None:
    assert has_place(member) is known


def test_media_whose_name_cannot_be_packed_are_told(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("no such name there")
    clip = write_video(tmp_path / "a\\b.mp4", frames=3)
    opened = open_project(create_project(tmp_path / "p", clip))
    whole, light = pack_order(opened, None, True), pack_order(opened, None, False)
    opened.close()
    with pytest.raises(MediaError, match="cannot be packed"):
        list(pack(whole, Control()))
    assert len(list(pack(light, Control()))) == 1
