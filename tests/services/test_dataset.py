"""Many projects into one data set: what is taken, where it lies, and how it goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from pycocotools.coco import COCO

from annotator.core.changes import SetCells, SetLabel, SetObject
from annotator.core.errors import Cancelled, FormatError, RequestError
from annotator.core.objects import new_object
from annotator.core.types import Cell, Provenance
from annotator.io.formats import registry
from annotator.io.formats.base import ImportTarget
from annotator.io.formats.framemap import read_map
from annotator.io.formats.layouts import joins_clips
from annotator.services.exchange import dataset_task
from annotator.services.exchange.dataset import (
    DatasetOrder,
    assign_splits,
    clip_names,
    parse_splits,
)
from annotator.services.exchange.dataset_report import DatasetReport
from annotator.services.exchange.dataset_task import export_dataset
from annotator.services.exchange.transfer import media_info
from annotator.services.project.projects import create_project, open_project
from annotator.services.review.stages import set_stage
from tests import fakes
from tests.controls import Control

N_FRAMES = 6
HUMAN = Cell(Provenance.HUMAN)
JOINED = [card.id for card in registry.cards() if joins_clips(card.id)]
FILES = [card.id for card in registry.cards() if card.can_export and card.id != "davis-scribbles"]


def label_map(frame: int, shift: int = 0) -> np.ndarray:
    """Objects 1 and 2, a hole, void."""
    made = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    made[10:30, 5 + frame + shift : 25 + frame + shift] = 1
    made[15:20, 10 + frame : 15 + frame] = 0
    made[32:40, 30:50] = 2
    made[0, :5] = 255
    return made


def make_project(folder: Path, name: str, shift: int = 0, classes: tuple[str, ...] = ()) -> Path:
    """Frames 0 to 3 are labelled; object 1 on frame 1 is a model's, of quality 0.5."""
    media = fakes.image_folder(folder / f"media {name}", N_FRAMES)
    picture = np.full((fakes.HEIGHT, fakes.WIDTH, 3), 10 * shift, np.uint8)
    PilImage.fromarray(picture).save(media / "00000.png")
    project = create_project(folder / name, media)
    bench = open_project(project)
    first, second = classes or ("cat", "")
    changes: list[Any] = [
        SetObject(1, new_object(1, "Tom", first)),
        SetObject(2, new_object(2, "Ball", second)),
    ]
    for frame in range(4):
        doubtful = Cell(Provenance.MODEL, quality=0.5, backend="embedded")
        changes.append(SetLabel(frame, label_map(frame, shift)))
        changes.append(SetCells(frame, {1: doubtful if frame == 1 else HUMAN, 2: HUMAN}))
    bench.session.apply("Label", changes)
    bench.close()
    return project


@pytest.fixture(name="projects")
def _projects(tmp_path: Path) -> tuple[str, ...]:
    return tuple(str(make_project(tmp_path, name, i)) for i, name in enumerate(["a b", "c.d", "e"]))


def make(order: DatasetOrder, control: Control | None = None) -> DatasetReport:
    (report,) = export_dataset(order, control or Control())
    return report


@pytest.fixture(name="order")
def _order(projects: tuple[str, ...], tmp_path: Path) -> Callable[..., DatasetOrder]:
    def ordered(format_id: str = "davis", **choices: Any) -> DatasetOrder:
        splits = (("train", 2.0), ("val", 1.0))
        return DatasetOrder(projects, format_id, str(tmp_path / "set"), splits, **choices)

    return ordered


@pytest.mark.parametrize("format_id", FILES)
def test_every_format_makes_a_whole_set(
    format_id: str, order: Callable[..., DatasetOrder], tmp_path: Path
) -> None:
    control = Control()
    report = make(order(format_id), control)
    out = tmp_path / "set"
    assert report.frames == 12
    assert [len(clips) for clips in report.splits().values()] == [2, 1]
    assert control.seen[-1] == (18, 18)
    assert sorted(control.notes) == ["a_b", "c_d", "e"]
    names = (out / "files.txt").read_text().splitlines()
    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert sorted(names) == files
    assert not [p for p in tmp_path.iterdir() if "unfinished" in p.name]
    for clip in report.clips:
        frame_map = read_map(out / "frames" / f"{clip.facts.name}.json")
        assert frame_map is not None
        assert frame_map.media.fingerprint == clip.facts.fingerprint
        assert [row.index for row in frame_map.frames] == [0, 1, 2, 3]
        for row in frame_map.frames:
            assert all((out / name).is_file() for name in row.files)
            assert any(name.endswith(".jpg") for name in row.files)
        card = registry.card(format_id)
        if card.lossless:
            assert clip.facts.check == "3 frames read back: equal"
    readme = (out / "README.md").read_text("utf-8")
    assert "| cat | 8 | 4 |" in readme
    assert "## Licence" in readme
    facts = json.loads((out / "dataset.json").read_text("utf-8"))
    assert facts["splits"]["train"]["frames"] == 8


class TestTables:
    """The joined tables, read by the rules of each format."""

    def test_davis(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        report = make(order())
        out = tmp_path / "set"
        lists = {f.stem: f.read_text().split() for f in (out / "ImageSets/2017").iterdir()}
        assert lists == {s: [c.name for c in clips] for s, clips in report.splits().items()}
        for clip in report.clips:
            folder = out / "Annotations" / "480p" / clip.facts.name
            with PilImage.open(folder / "00002.png") as image:
                shift = ["a_b", "c_d", "e"].index(clip.facts.name)
                assert np.array_equal(np.asarray(image), label_map(2, shift))
            with PilImage.open(out / "JPEGImages/480p" / clip.facts.name / "00002.jpg") as image:
                assert image.size == (fakes.WIDTH, fakes.HEIGHT)

    def test_coco(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        report = make(order("coco"))
        for split, clips in report.splits().items():
            coco = COCO(str(tmp_path / "set" / "annotations" / f"instances_{split}.json"))
            assert len(coco.getImgIds()) == 4 * len(clips)
            objects = [a for a in coco.loadAnns(coco.getAnnIds()) if not a["iscrowd"]]
            assert len({a["track_id"] for a in objects}) == 2 * len(clips)
            assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == ["cat", "object", "void"]
            for image in coco.loadImgs(coco.getImgIds()):
                assert (tmp_path / "set" / "images" / split / image["file_name"]).is_file()
                shift = ["a_b", "c_d", "e"].index(image["video"])
                expected = label_map(int(Path(image["file_name"]).stem), shift) == 1
                (cat,) = coco.loadAnns(coco.getAnnIds(imgIds=image["id"], catIds=[1]))
                assert np.array_equal(coco.annToMask(cat).astype(bool), expected)

    def test_youtube_vos(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        report = make(order("youtube-vos"))
        for split, clips in report.splits().items():
            folder = tmp_path / "set" / split
            videos = json.loads((folder / "meta.json").read_text())["videos"]
            assert set(videos) == {clip.name for clip in clips}
            for name, video in videos.items():
                assert video["objects"]["1"]["category"] == "cat"
                for frame in video["objects"]["1"]["frames"]:
                    assert (folder / "Annotations" / name / f"{frame}.png").is_file()
                    assert (folder / "JPEGImages" / name / f"{frame}.jpg").is_file()

    def test_youtube_vis(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        report = make(order("youtube-vis"))
        for split, clips in report.splits().items():
            folder = tmp_path / "set" / split
            table = json.loads((folder / "instances.json").read_text())
            assert [v["id"] for v in table["videos"]] == list(range(1, len(clips) + 1))
            ids = [a["id"] for a in table["annotations"]]
            assert ids == list(range(1, len(ids) + 1))
            for video in table["videos"]:
                assert all((folder / "JPEGImages" / n).is_file() for n in video["file_names"])

    def test_yolo(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        make(order("yolo-seg"))
        out = tmp_path / "set"
        text = (out / "data.yaml").read_text()
        assert "train: images/train\nval: images/val\n" in text
        pictures = {p.relative_to(out / "images").with_suffix("") for p in out.rglob("*.jpg")}
        labels = {
            p.relative_to(out / "labels").with_suffix("") for p in (out / "labels").rglob("*.txt")
        }
        assert pictures == labels
        assert len(labels) == 12

    def test_voc_and_saliency(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        make(order("voc"))
        out = tmp_path / "set"
        names = (out / "ImageSets/Segmentation/val.txt").read_text().split()
        assert len(names) == 4
        for name in names:
            for folder, suffix in (
                ("SegmentationObject", "png"), ("SegmentationClass", "png"),
                ("Annotations", "xml"), ("JPEGImages", "jpg"),
            ):  # fmt: skip
                assert (out / folder / f"{name}.{suffix}").is_file()
        make(order("saliency"))
        assert len(list((out / "val" / "masks").iterdir())) == 4
        assert not (out / "SegmentationObject").exists(), "the set before was replaced"

    @pytest.mark.parametrize("format_id", ["coco", "youtube-vis"])
    def test_a_clip_can_be_imported_again(
        self, format_id: str, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        report = make(order(format_id))
        clip = report.splits()["train"][0]
        shift = ["a_b", "c_d", "e"].index(clip.name)
        project = open_project(Path(order().projects[shift]))
        info = media_info(project.media)  # type: ignore[arg-type]
        target = ImportTarget(replace(info, name=f"{clip.name}.mp4"))
        project.close()
        place = {"coco": "annotations/instances_train.json", "youtube-vis": "train"}[format_id]
        frames = list(registry.importer(format_id).read(tmp_path / "set" / place, target, {}))
        assert [f.frame for f in frames] == [0, 1, 2, 3]
        shown = frames[2].label_map
        assert shown is not None
        assert np.array_equal(shown > 0, label_map(2, shift) > 0)


class TestChoices:
    def test_quality_and_acceptance(self, order: Callable[..., DatasetOrder]) -> None:
        assert {c.facts.frames for c in make(order(min_quality=0.5)).clips} == {4}
        for choice in ({"min_quality": 0.6}, {"accepted": True}):
            report = make(order(**choice))
            assert {(c.facts.frames, c.facts.unusable) for c in report.clips} == {(3, 1)}
            assert any("too uncertain" in f for f in report.findings)

    def test_only_projects_that_are_done(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        with pytest.raises(RequestError, match="No project is marked done"):
            make(order(done=True))
        project = open_project(Path(order().projects[0]))
        set_stage(project.session, "done")
        project.close()
        report = make(order(done=True))
        assert len(report.clips) == 1
        assert set(report.skipped.values()) == {"it is not marked done"}
        assert len(report.skipped) == 2
        assert "only those that are marked done" in (tmp_path / "set/README.md").read_text("utf-8")

    def test_void_in_the_place_of_doubt(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        report = make(order(min_quality=0.6, unsure="void"))
        assert {(c.facts.frames, c.facts.voided) for c in report.clips} == {(4, 1)}
        with PilImage.open(tmp_path / "set/Annotations/480p/a_b/00001.png") as image:
            found = np.asarray(image)
        assert np.array_equal(found, np.where(label_map(1) == 1, 255, label_map(1)))

    def test_classes_and_every_nth(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        report = make(order(classes=("cat",), every=3))
        assert report.classes == ("cat",)
        assert {c.facts.frames for c in report.clips} == {2}
        with PilImage.open(tmp_path / "set/Annotations/480p/a_b/00003.png") as image:
            found = np.asarray(image)
        assert np.array_equal(found, np.where(label_map(3) == 2, 0, label_map(3)))
        with pytest.raises(RequestError, match="No project has"):
            make(order(classes=("dog",)))

    def test_pictures(self, order: Callable[..., DatasetOrder], tmp_path: Path) -> None:
        out = tmp_path / "set"
        make(order("coco", images="none"))
        assert not list(out.rglob("*.jpg"))
        make(order("coco", images="png"))
        assert len(list(out.rglob("*.png"))) == 12
        make(order("coco", images="link"))
        links = list(out.rglob("*.png"))
        assert all(p.is_symlink() and p.resolve().parent.name.startswith("media") for p in links)
        table = json.loads((out / "annotations/instances_val.json").read_text())
        assert all((out / "images/val" / image["file_name"]).is_file() for image in table["images"])

    def test_licence_and_hand_made_splits(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        report = make(order(licence="CC BY 4.0, by me", assigned={"e": "val", "a_b": "val"}))
        assert [c.name for c in report.splits()["val"]] == ["a_b", "e"]
        assert "CC BY 4.0, by me" in (tmp_path / "set/README.md").read_text()

    def test_numbers_of_classes_are_common_to_all_clips(self, tmp_path: Path) -> None:
        one = make_project(tmp_path, "one", 0, ("cat", "dog"))
        two = make_project(tmp_path, "two", 1, ("dog", "bird"))
        out = tmp_path / "set"
        make(DatasetOrder((str(one), str(two)), "yolo-seg", str(out), (("train", 1.0),)))
        assert '0: "cat"' in (out / "data.yaml").read_text()
        lines = (out / "labels/train/two_00000.txt").read_text().splitlines()
        assert [line.split()[0] for line in lines] == ["1", "2"]


class TestGoingOn:
    @pytest.mark.parametrize("limit", [3, 8, 14, 20, 26])
    def test_cancelled_then_done(
        self, limit: int, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        out = tmp_path / "set"
        with pytest.raises(Cancelled):
            make(order("coco"), Control(limit))
        assert not out.exists()
        report = make(order("coco"))
        assert report.frames == 12

    def test_clips_that_are_there_are_not_made_again(
        self, order: Callable[..., DatasetOrder], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []
        write = dataset_task.write_clip

        def failing(source: Any, *rest: Any) -> Any:
            if len(made) == 2:
                raise Cancelled
            facts = write(source, *rest)
            made.append(facts.name)
            return facts

        monkeypatch.setattr(dataset_task, "write_clip", failing)
        with pytest.raises(Cancelled):
            make(order())
        assert made == ["a_b", "c_d"]
        project = open_project(Path(order().projects[0]))
        project.session.apply("More", [SetLabel(2, label_map(0)), SetCells(2, {1: HUMAN})])
        project.close()
        made.clear()
        monkeypatch.setattr(
            dataset_task, "write_clip", lambda *a: (made.append(a[0].media.name), write(*a))[1]
        )
        make(order())
        assert [Path(name).stem for name in made] == ["a_b", "e"], (
            "one was changed, one was missing"
        )

    def test_a_failure_leaves_the_set_before(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        make(order("coco"))
        out = tmp_path / "set"
        before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
        with pytest.raises(Cancelled):
            make(order("davis"), Control(25))
        assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before

    def test_foreign_files_are_safe(
        self, order: Callable[..., DatasetOrder], tmp_path: Path
    ) -> None:
        make(order())
        (tmp_path / "set" / "notes.txt").write_text("mine")
        with pytest.raises(FormatError, match=r"notes\.txt"):
            make(order())
        other = tmp_path / "other"
        other.mkdir()
        (other / "x").write_text("mine")
        with pytest.raises(FormatError, match="holds other files"):
            make(replace(order(), out=str(other)))


class TestSplits:
    def test_shares_are_kept_and_dealt_the_same_way_each_time(self) -> None:
        clips = [(f"c{i}", f"f{i}") for i in range(50)]
        order = DatasetOrder(("x",), "davis", "o", (("train", 8), ("val", 1), ("test", 1)))
        split_of = assign_splits(clips, order)
        counts = [list(split_of.values()).count(s) for s in ("train", "val", "test")]
        assert counts == [40, 5, 5]
        assert assign_splits(clips[::-1], order) == split_of
        assert assign_splits(clips, replace(order, seed=1)) != split_of

    def test_one_video_is_in_one_split(self) -> None:
        clips = [("a", "x"), ("b", "x"), ("c", "y")]
        order = DatasetOrder(("x",), "davis", "o", (("train", 1), ("val", 1)))
        split_of = assign_splits(clips, order)
        assert split_of["a"] == split_of["b"] != split_of["c"]
        with pytest.raises(RequestError, match="a and b are the same video"):
            assign_splits(clips, replace(order, assigned={"a": "val", "b": "train"}))

    @pytest.mark.parametrize(
        "text", ["", "x", "train,val", "a=", "train=x", "a=1,A=2", "../x=1", "train=0", "a=-1"]
    )
    def test_bad_splits(self, text: str) -> None:
        with pytest.raises(RequestError, match="a name and a share for each: train=80,val=20"):
            parse_splits(text)

    def test_names(self) -> None:
        assert clip_names(["a", "A", "b c", "..", "猫"]) == ["a", "A-2", "b_c", "clip", "猫"]

    @pytest.mark.parametrize(
        "choice",
        [
            {"options": {"tree": True}},
            {"projects": ()}, {"images": "gif"}, {"unsure": "x"}, {"every": 0},
            {"min_quality": 2.0}, {"assigned": {"a_b": "nowhere"}}, {"assigned": {"z": "val"}},
        ],
    )  # fmt: skip
    def test_bad_orders(self, choice: dict[str, Any], order: Callable[..., DatasetOrder]) -> None:
        with pytest.raises(RequestError):
            make(replace(order(), **choice))
