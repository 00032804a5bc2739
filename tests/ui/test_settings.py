"""Settings and keys: what is chosen applies at once and is there at the next start."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.ui.commands.shortcut_editor import ShortcutEditor
from annotator.ui.settings import Preferences, Settings
from annotator.ui.settings_dialog import SettingsDialog
from tests.conftest import ROOT
from tests.ui.conftest import Driver, build


def opened(driver: Driver, action: str, kind: type) -> object:
    driver.window.table.actions[action].trigger()
    dialog = driver.window.findChild(kind)
    assert dialog is not None
    return dialog


def give(editor: ShortcutEditor, command: str, key: str) -> None:
    editor.choose(command)
    editor.key.setKeySequence(QKeySequence(key))
    QTest.mouseClick(editor.give, Qt.MouseButton.LeftButton)


def test_a_command_gets_another_key_for_good(
    driver: Driver, qtbot: QtBot, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    editor = opened(driver, "shortcuts", ShortcutEditor)
    assert isinstance(editor, ShortcutEditor)
    give(editor, "brush", "F7")
    editor.close()
    driver.key(Qt.Key.Key_B)
    assert driver.workspace.tool.value == "scribble", "its old key is free"
    driver.key(Qt.Key.Key_F7)
    assert driver.workspace.tool.value == "brush"
    assert "F7" in driver.window.table.actions["brush"].toolTip()
    again = build(tmp_path / "window.ini")
    qtbot.addWidget(again)
    assert again.table.key_of("brush") == "F7"
    again.close()


def test_a_taken_key_is_told_taken_and_given_back(driver: Driver) -> None:
    editor = opened(driver, "shortcuts", ShortcutEditor)
    assert isinstance(editor, ShortcutEditor)
    table = driver.window.table
    editor.choose("brush")
    editor.key.setKeySequence(QKeySequence("E"))
    assert "Eraser" in editor.words.text()
    QTest.mouseClick(editor.give, Qt.MouseButton.LeftButton)
    assert (table.key_of("brush"), table.key_of("eraser")) == ("E", "")
    editor.choose("eraser")
    QTest.mouseClick(editor.reset, Qt.MouseButton.LeftButton)
    assert (table.key_of("brush"), table.key_of("eraser")) == ("", "E")
    QTest.mouseClick(editor.reset_all, Qt.MouseButton.LeftButton)
    assert (table.key_of("brush"), table.key_of("eraser")) == ("B", "E")
    assert driver.window.settings.keys() == {}


def test_commands_are_found_by_name_and_by_key(driver: Driver) -> None:
    editor = opened(driver, "shortcuts", ShortcutEditor)
    assert isinstance(editor, ShortcutEditor)
    everything = editor.list.rowCount()
    assert everything == len(driver.window.table.specs)
    QTest.keyClicks(editor.search, "ctrl+i")
    assert [editor.list.item(r, 0).text() for r in range(editor.list.rowCount())] == [
        "Import labels"
    ]
    editor.search.setText("eraser")
    assert editor.current() == "eraser"


def test_no_key_is_delivered_twice_and_keys_of_unknown_commands_are_ignored(
    driver: Driver,
) -> None:
    driver.window.table.set_keys({"no_such_command": "B", "brush": "B"})
    assert driver.window.table.key_of("brush") == "B"
    keys = [k for s in driver.window.table.specs if (k := driver.window.table.key_of(s.id))]
    assert len(keys) == len(set(keys))


def test_settings_apply_at_once_and_are_kept(driver: Driver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    dialog = opened(driver, "settings", SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for theme, bright in (("light", True), ("dark", False)):
        dialog.theme.setCurrentIndex(dialog.theme.findData(theme))
        assert (app.palette().color(QPalette.ColorRole.Window).lightness() > 128) is bright
    dialog.pen_width.setValue(30)
    dialog.frame_cache.setValue(100)
    dialog.speed.setValue(2.0)
    dialog.loop.setChecked(True)
    dialog.live.setChecked(False)
    workspace = driver.workspace
    assert workspace.radius == 15
    assert workspace.reader.cache.max_bytes == 100 << 20
    assert (driver.window.player.speed, driver.window.player.loop) == (2.0, True)
    assert Settings(tmp_path / "window.ini").preferences() == replace(
        Preferences(), theme="dark", pen_width=30, frame_cache_mb=100, speed=2.0, loop=True,
        live=False,
    )  # fmt: skip
    QTest.mouseClick(dialog.defaults, Qt.MouseButton.LeftButton)
    assert Settings(tmp_path / "window.ini").preferences() == Preferences()
    assert dialog.pen_width.value() == Preferences().pen_width


def test_without_live_masks_scribbles_are_kept_alone(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.window.custom.apply(replace(Preferences(), live=False))
    driver.draw((15, 15), (20, 20))
    document = driver.workspace.document
    assert len(document.strokes(0)) == 1
    assert not document.label_map(0).any()
    assert not driver.workspace.live.busy


def test_playback_begins_again_where_that_is_chosen(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    driver.window.custom.apply(replace(Preferences(), loop=True, speed=8.0))
    driver.go(10)
    driver.window.player.start()
    driver.wait(lambda: driver.workspace.frame < 10)
    assert driver.window.player.playing
    driver.window.player.stop()


def test_a_smaller_history_forgets_the_oldest_steps(driver: Driver, clip: Path) -> None:
    driver.open(clip)
    session = driver.workspace.bench.session
    for x in range(10, 50, 4):
        driver.key(Qt.Key.Key_B)
        driver.draw((x, 10), (x, 30))
    session.flush()
    assert len(session.store.steps()) == 11
    session.store.bound_history(200)
    session.flush()
    assert 1 <= len(session.store.steps()) < 11


@pytest.mark.parametrize(
    "text",
    ["preferences/pen_width=huge", "preferences/pen_width=inf", "preferences/theme=pink", "keys=5"],
)
def test_nonsense_in_the_file_is_the_default(tmp_path: Path, text: str) -> None:
    section, _, rest = text.partition("/")
    file = tmp_path / "window.ini"
    file.write_text(f"[{section}]\n{rest}\n" if rest else f"[General]\n{text}\n")
    assert Settings(file).preferences() == Preferences()
    assert Settings(file).keys() == {}


WRITER = """
import sys
from pathlib import Path
from annotator.ui.settings import Place, Preferences, Settings
settings, n = Settings(Path(sys.argv[1])), 0
while True:
    n = (n + 1) % 300
    settings.set_preferences(Preferences(pen_width=n + 1, frame_cache_mb=64 + n))
    settings.set_keys({"undo": f"Ctrl+{n}"})
    settings.set_place(Path("/a"), Place(n))
    settings._store.sync()
    if n == 1:
        print("ready", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_settings_whose_writer_is_killed_are_the_old_or_the_new_ones(tmp_path: Path) -> None:
    file, rng = tmp_path / "window.ini", random.Random(1)
    for _ in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, file], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.02, 0.1))
        child.kill()
        child.stdout.close()
        child.wait()
        settings = Settings(file)
        found = settings.preferences()
        assert found.frame_cache_mb - 64 == found.pen_width - 1
        assert settings.keys() == {"undo": f"Ctrl+{found.pen_width - 1}"}
        assert settings.place(Path("/a")).frame == found.pen_width - 1
        settings.set_tool("brush")
        settings._store.sync()
        assert settings._store.status() is QSettings.Status.NoError, "a lock was left behind"


@pytest.mark.parametrize("projects", [(), ("/a b, c.strokeflow",), ("/猫.strokeflow", "/gone")])
def test_the_list_of_a_data_set_is_kept(tmp_path: Path, projects: tuple[str, ...]) -> None:
    file = tmp_path / "window.ini"
    assert Settings(file).data_set() == ((), False)
    settings = Settings(file)
    settings.set_data_set(projects, True)
    settings._store.sync()
    # In another process, which reads the file: this one shares what it holds of it.
    read = "import sys; from pathlib import Path; from annotator.ui.settings import Settings; "
    read += "print(ascii(Settings(Path(sys.argv[1])).data_set()))"
    told = subprocess.check_output([sys.executable, "-c", read, file], cwd=ROOT, text=True)
    assert told.strip() == ascii((projects, True))
