"""The report: right numbers, one file that needs nothing else, the same size for any length."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from annotator.core.changes import SetCells
from annotator.core.errors import FormatError, MediaError
from annotator.core.types import Cell, Provenance
from annotator.io.formats.base import NoControl
from annotator.io.store import StoreMeta, create_store
from annotator.services.editing.edit import EditService
from annotator.services.project.projects import OpenProject, create_project, open_project
from annotator.services.review.remarks import add_remark, reply, set_resolved
from annotator.services.review.report import COLUMNS, REMARKS, collect
from annotator.services.review.report_html import render
from annotator.services.review.report_task import ReportTask, report
from annotator.services.review.stages import set_stage
from annotator.ui.words.report_words import report_words
from tests import fakes


class Control(NoControl):
    def note(self, text: str) -> None:
        """Nobody listens."""


def square(x: int) -> np.ndarray:
    label_map = np.zeros((fakes.HEIGHT, fakes.WIDTH), np.uint8)
    label_map[10:30, x : x + 20] = 1
    return label_map


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Frame 0 drawn, frame 1 a model's mask that is half off, a note, some effort."""
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    opened = open_project(folder)
    edit = EditService(opened.session)
    edit.add_object("<kite & co>")
    edit.set_mask(0, 1, square(5), "Draw")
    edit.set_mask(1, 1, square(16), "Draw")
    cells = opened.session.document.cells
    opened.session.apply("Run", [SetCells(1, {1: Cell(Provenance.MODEL, False, 0.4, "copy")})])
    add_remark(opened.session, 1, "look")
    opened.session.store.add_effort(
        [(1, 0, 3, 2, 1, 12.5), (1, 1, 0, 0, 0, 2.5), (0, 7, 0, 0, 1, 1.0)]
    )
    opened.session.flush()
    assert cells.provenance(1)[1] == Provenance.MODEL
    return opened


def truth(folder: Path, frames: int = 2) -> Path:
    folder.mkdir()
    for frame in range(frames):
        cv2.imwrite(str(folder / f"{frame:05d}.png"), square(5 + frame) * 255)
    return folder


def test_effort_review_and_truth_are_counted(project: OpenProject, tmp_path: Path) -> None:
    facts = collect(project, truth(tmp_path / "gt"), Control())
    assert (facts.effort.clicks, facts.effort.strokes, facts.effort.commands) == (3, 2, 2)
    assert facts.effort.seconds == 16.0
    assert facts.effort.frames == 2, "frame 1 was only looked at"
    assert facts.objects[0].effort.frames == 1
    assert facts.review == {
        "open": 1,
        "sure": 1,
        "empty": 10,
        "locked": 0,
        "occluded": 0,
        "remarks": 1,
    }
    assert facts.objects[0].frames["model"] == 1
    assert facts.truth_frames == 2
    half = 10 / 30  # squares of 20 px, 10 px apart
    assert pytest.approx((1 + half) / 2) == facts.objects[0].J
    assert facts.J == facts.objects[0].J
    assert facts.by_state["human"] == (1.0, 1)
    assert facts.by_state["model"][0] < 0.7
    assert facts.quality[1] == pytest.approx(0.4)
    project.close()


def test_the_page_is_whole_and_needs_nothing_else(project: OpenProject, tmp_path: Path) -> None:
    page = render(collect(project, truth(tmp_path / "gt"), Control()))
    project.close()
    assert "&lt;kite &amp; co&gt;" in page
    assert "<kite" not in page
    assert not re.search(r"(?:src|href)=|@import|url\(|<script", page)
    for heading in ("Effort", "Who made which mask", "Estimated quality", "Against the truth"):
        assert f"<h2>{heading}</h2>" in page

    class Balanced(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.stack: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "rect", "path"):
                self.stack.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            """Nothing is opened."""

        def handle_endtag(self, tag: str) -> None:
            if tag not in ("rect", "path"):
                assert self.stack.pop() == tag

    checked = Balanced()
    checked.feed(page)
    assert checked.stack == []


def test_every_text_of_the_page_can_be_translated(project: OpenProject, tmp_path: Path) -> None:
    class Recorded(dict[str, str]):
        def get(self, text: str, default: str) -> str:  # type: ignore[override]
            self[text] = default
            return default

    asked = Recorded()
    facts = collect(project, truth(tmp_path / "gt"), Control())
    project.close()
    render(facts, asked)
    assert set(asked) <= set(report_words())
    assert len(asked) > 30
    chinese = {"Effort": "工作量", "en": "zh-CN", "{seconds} s": "{seconds} 秒"}
    page = render(facts, chinese)
    assert "<h2>工作量</h2>" in page
    assert "lang='zh-CN'" in page


def test_remarks_stage_and_acceptances_are_on_the_page(project: OpenProject) -> None:
    session = project.session
    assert "<h2>Stage</h2>" not in render(collect(project, None, Control()))
    session.person = "Ann <a>"
    add_remark(session, 2, "edge {soft} & <b>")
    reply(session, 2, "no")
    set_resolved(session, 2, True)
    EditService(session).accept([1], [1])
    set_stage(session, "review", "Bob")
    set_stage(session, "done")
    session.flush()
    facts = collect(project, None, Control())
    assert [r.id for r in facts.remarks] == [1, 2], "open ones first"
    assert facts.accepted == {"Ann <a>": 1}
    page = render(facts)
    assert "edge {soft} &amp; &lt;b&gt;<br>Ann &lt;a&gt;: no" in page
    assert "1 open, 1 resolved" in page
    assert page.index("<td>done</td><td>Bob</td>") < page.index("<td>review</td><td>Bob</td>")
    assert "<td>Ann &lt;a&gt;</td><td>1</td>" in page
    for number in range(REMARKS):
        add_remark(session, 3, f"more {number}")
    page = render(collect(project, None, Control()))
    assert f"{REMARKS + 1} open, 1 resolved; the first {REMARKS} are shown" in page
    assert page.count("class='words'") == REMARKS


def test_without_truth_there_is_no_such_section(project: OpenProject, tmp_path: Path) -> None:
    folder = project.session.folder
    project.close()
    out = tmp_path / "r.html"
    made = list(report(ReportTask(str(folder), str(out)), Control()))
    assert made[0]["J"] is None
    assert "Against the truth" not in out.read_text(encoding="utf-8")


def test_a_truth_that_does_not_fit_writes_nothing(project: OpenProject, tmp_path: Path) -> None:
    folder = project.session.folder
    project.close()
    bad = tmp_path / "bad"
    bad.mkdir()
    cv2.imwrite(str(bad / "00000.png"), np.zeros((9, 9), np.uint8))
    out = tmp_path / "r.html"
    with pytest.raises(FormatError):
        list(report(ReportTask(str(folder), str(out), str(bad)), Control()))
    (tmp_path / "clip").rename(tmp_path / "gone")
    with pytest.raises(MediaError):
        list(report(ReportTask(str(folder), str(out), str(bad)), Control()))
    assert not out.exists()
    list(report(ReportTask(str(folder), str(out)), Control()))
    assert out.is_file(), "without a truth the media are not needed"


def test_a_long_clip_makes_no_longer_page(tmp_path: Path) -> None:
    pages = []
    for frames in (2 * COLUMNS, 100_000):
        folder = tmp_path / f"{frames}.strokeflow"
        create_store(folder, StoreMeta("/x.mp4", "", "video", "f", 64, 48, frames, 25.0))
        opened = open_project(folder, need_media=False)
        EditService(opened.session).add_object("kite")
        opened.session.store.add_effort([(1, f, 1, 1, 0, 1.0 + f % 3) for f in range(frames)])
        opened.session.flush()
        facts = collect(opened, None, Control())
        assert facts.effort.frames == frames
        assert len(facts.seconds) == COLUMNS
        pages.append(render(facts))
        opened.close()
    assert len(pages[1]) < 1.2 * len(pages[0])
