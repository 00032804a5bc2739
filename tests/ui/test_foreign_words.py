"""Names and remarks in other scripts, and very long ones: nothing is turned around or cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextLayout

from annotator.core.document import Document
from annotator.core.review import Remark, Reply, StageChange
from annotator.core.types import Size
from annotator.services.review.remarks import add_remark
from annotator.services.review.stages import set_stage
from annotator.ui.review.drafts import Draft, Target
from annotator.ui.review.stage_dialog import StageDialog
from annotator.ui.words.remark_words import by_whom, isolated, remark_line, stage_words, thread
from tests.ui.conftest import Driver

ARABIC, HEBREW, CHINESE = "محمد الخوارزمي", "ירושלים כהן", "王小明"
NOON = 1.7e9


def seen(text: str, *parts: str) -> list[float]:
    """Where parts of a line begin on the screen, from the left."""
    layout = QTextLayout(text, QFont())
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(10_000)
    layout.endLayout()
    places = []
    for part in parts:
        place = line.cursorToX(text.index(part))
        places.append(float(place[0] if isinstance(place, tuple) else place))
    return places


@pytest.mark.parametrize("name", [ARABIC, HEBREW, CHINESE, "Zoë", ""])
def test_what_stands_around_a_name_keeps_its_order(qapp: object, name: str) -> None:
    date = by_whom("", NOON).partition(", ")[2]
    year, month, day = date.split(" ")[0].split("-")
    dated = (year, f"-{month}-", f"-{day} ")
    remark = Remark(7, 0, "שלום, look", name, NOON, replies=(Reply(name, NOON, "x"),))
    head, *_, answered, _ = thread(remark, Document(Size(4, 4), 2, lambda _: None)).splitlines()
    for said in (by_whom(name, NOON), head, answered):
        assert seen(said, *dated) == sorted(seen(said, *dated)), said
    assert seen(head, "#7") == [pytest.approx(0, abs=1)]
    assert seen(remark_line(remark), "#7") == [pytest.approx(0, abs=1)]
    assert seen(stage_words(StageChange("review", name)), "Review") == [pytest.approx(0, abs=1)]


def test_only_what_needs_it_is_marked(qapp: object) -> None:
    for words in ("", "Ann", "Zoë Łukasiewicz", CHINESE, "✋ 3"):
        assert isolated(words) == words
    assert isolated(ARABIC) == f"\u2068{ARABIC}\u2069"


def needed(text: str, font: QFont, width: float) -> float:
    """Height of the wrapped lines of a text."""
    height = 0.0
    for paragraph in text.split("\n"):
        layout = QTextLayout(paragraph, font)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            height += line.height()
        layout.endLayout()
    return height


def test_rows_are_as_high_as_their_lines(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    session, panel = driver.workspace.bench.session, driver.window.remarks
    session.person = f"Zoë Ångström {CHINESE}"
    add_remark(
        session, 0, "The edge of the hand is soft here, and the shadow belongs to the cup. " * 3
    )
    for frame in range(1, 9):  # more than there is room for: there is a scroll bar
        add_remark(session, frame, CHINESE * 10)
    panel.drafts.put(Draft(Target(5), "手\n尚未保存"))
    driver.window.docks[4].raise_()
    driver.wait(panel.list_page.list.isVisible)
    panel.list_page.fill()
    rows = panel.list_page.list
    driver.wait(lambda: rows.verticalScrollBar().maximum() > 0)
    assert rows.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    for at in range(rows.count()):
        item = rows.item(at)
        room = rows.viewport().width() - 8 - 6
        if not item.icon().isNull():
            room -= rows.iconSize().width() if rows.iconSize().isValid() else 16
        spare = rows.visualItemRect(item).height() - 8 - needed(item.text(), rows.font(), room)
        assert spare >= 4, item.text()


def test_a_long_assignee_widens_nothing_and_is_told_in_full(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    session, status = driver.workspace.bench.session, driver.window.status
    before = driver.window.minimumSizeHint().width()
    set_stage(session, "review", "W" * 80)
    driver.wait(lambda: "Review" in status.stage.text())
    assert "…" in status.stage.text()
    assert "W" * 80 in status.stage.toolTip()
    assert driver.window.minimumSizeHint().width() <= before + 200
    dialog = StageDialog(driver.window, driver.workspace)
    dialog.show()
    assert dialog.history.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert dialog.history.visualItemRect(dialog.history.item(0)).width() <= dialog.width()
    dialog.close()
