"""Which media a batch works on, and what it remembers about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.errors import MediaError, ProjectError, RequestError
from annotator.services.exchange.batch import Medium, known_fingerprint, read_list, take_up
from annotator.services.exchange.batch_record import (
    FILE,
    Begun,
    Done,
    Record,
    alone,
    load_record,
    save_record,
    step_keys,
)
from annotator.services.project.projects import create_project
from tests import fakes


def names(place: Path, projects: Path | None = None) -> list[str]:
    return [medium.name for medium in read_list(place, projects)]


def test_a_list_is_read_from_where_it_lies(tmp_path: Path) -> None:
    fakes.image_folder(tmp_path / "clips" / "v1.0", 2)
    (tmp_path / "walk é.mp4").touch()
    project = create_project(tmp_path / "old", tmp_path / "clips" / "v1.0")
    text = f"# films\n\nwalk é.mp4\n  clips/v1.0 \n{project}\n#gone.mp4\n"
    (tmp_path / "list.txt").write_text(text, "utf-8-sig")
    walk, clip, old = read_list(tmp_path / "list.txt")
    assert walk.project == str(tmp_path / "walk é.strokeflow")
    assert (clip.name, clip.project) == ("v1.0", str(tmp_path / "v1.0.strokeflow"))
    assert old == Medium("old", str(project), str(project))
    assert old.has_own_project
    walk, _, old = read_list(tmp_path / "list.txt", tmp_path / "p")
    assert walk.project == str(tmp_path / "p" / "walk é.strokeflow")
    assert old.project == str(project), "a project stays where it is"


def test_a_folder_is_taken_in_natural_order_each_medium_once(tmp_path: Path) -> None:
    for name in ("clip10.mp4", "clip2.MOV", ".hidden.mp4", "notes.txt", "x.png"):
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    fakes.image_folder(tmp_path / "clip3", 2)
    create_project(tmp_path / "clip3", tmp_path / "clip3")
    create_project(tmp_path / "clip1", tmp_path / "clip3")
    assert names(tmp_path) == ["clip1", "clip2", "clip3", "clip10"]
    with pytest.raises(RequestError, match="same project"):
        names(tmp_path, tmp_path / "elsewhere")


def test_all_that_is_wrong_with_a_list_is_told_at_once(tmp_path: Path) -> None:
    for name in ("a.mp4", "A.avi", "b.mp4"):
        (tmp_path / name).touch()
    place = tmp_path / "list"
    place.write_text("a.mp4\nA.avi\nb.mp4\nc.mp4\nd.strokeflow\n")
    with pytest.raises(RequestError) as told:
        read_list(place)
    for name in ("a.mp4", "A.avi", "c.mp4", "d.strokeflow"):
        assert str(tmp_path / name) in told.value.message
    assert "b.mp4" not in told.value.message


@pytest.mark.parametrize("data", [b"", b"# nothing\n\n", b"\xff\xfe\x00video"])
def test_lists_that_are_none(tmp_path: Path, data: bytes) -> None:
    place = tmp_path / "list"
    place.write_bytes(data)
    with pytest.raises(RequestError):
        read_list(place)
    with pytest.raises(RequestError, match="no list"):
        read_list(tmp_path / "absent")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RequestError, match="names no media"):
        read_list(tmp_path / "folder")
    (tmp_path / "p.strokeflow").mkdir()
    with pytest.raises(RequestError, match="not a list"):
        read_list(tmp_path / "p.strokeflow")


def test_a_project_is_made_once_and_only_for_its_media(tmp_path: Path) -> None:
    clip, other = (fakes.image_folder(tmp_path / n / "clip", k) for n, k in (("a", 2), ("b", 3)))
    folder = tmp_path / "clip.strokeflow"
    medium = Medium("clip", str(clip), str(folder))
    assert known_fingerprint(medium) is None
    made = take_up(medium)
    assert take_up(medium) == made == (known_fingerprint(medium), ())
    with pytest.raises(ProjectError, match="other media"):
        take_up(Medium("clip", str(other), str(folder)))
    assert known_fingerprint(Medium("clip", str(other), str(folder))) is None
    moved = Medium("clip", str(clip.rename(tmp_path / "moved")), str(folder))
    assert known_fingerprint(Medium("clip", str(folder), str(folder))) is None
    with pytest.raises(MediaError):
        take_up(Medium("clip", str(folder), str(folder)))
    assert take_up(moved) == made, "the list says where they are now"
    assert (known_fingerprint(Medium("clip", str(folder), str(folder))), ()) == made


def test_keys_stand_for_the_media_and_all_steps_before() -> None:
    keys = step_keys("f", [["run", "auto"], ["export", "x"]])
    assert step_keys("f", [["run", "auto"], ["export", "y"]])[0] == keys[0]
    assert not set(step_keys("f", [["run", "auto "], ["export", "x"]])) & set(keys)
    assert not set(step_keys("g", [["run", "auto"], ["export", "x"]])) & set(keys)
    assert len(set(step_keys("f", [["run", "auto"]] * 3))) == 3


def test_what_was_done_is_remembered(tmp_path: Path) -> None:
    assert load_record(tmp_path) == Record()
    out = tmp_path / "out"
    out.touch()
    done = [Done("1", "auto", 1.5, "auto: 3 frames"), Done("2", "export coco", 1, "", str(out))]
    record = Record(done, Begun("3", 4, (1, 2)))
    save_record(tmp_path, record)
    assert load_record(tmp_path) == record
    assert [record.reached(keys) for keys in (["1", "2", "3"], ["1"], ["0", "2"])] == [2, 1, 0]
    out.unlink()
    assert record.reached(["1", "2", "3"]) == 1, "an export that is gone is made again"
    for damaged in (b"", b"{", b'{"done": 5}', b"\xff"):
        (tmp_path / FILE).write_bytes(damaged)
        assert load_record(tmp_path) == Record()


def test_two_batches_do_not_work_on_one_project(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(ProjectError, match="Another batch"), alone(tmp_path, 0.1):
        pass
    with alone(tmp_path, 0.1):
        pass
