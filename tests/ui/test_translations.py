"""English and Chinese: nothing is forgotten, placeholders agree, the window shows it."""

from __future__ import annotations

import ast
import errno
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from annotator.core.errors import RequestError
from annotator.io.atomic import disk_error
from annotator.io.formats.layouts import layout_of
from annotator.io.formats.registry import cards
from annotator.services.editing.edit import EditService
from annotator.services.models.catalogue import published_models
from annotator.services.project.projects import create_project, open_project
from annotator.ui.commands.help import commands_with_keys
from annotator.ui.commands.palette import Palette
from annotator.ui.commands.shortcut_editor import ShortcutEditor
from annotator.ui.exchange.transfer import TransferDialog
from annotator.ui.i18n import LANGUAGES, install_language, resolve_language, tr
from annotator.ui.runs.model_manager import ModelCardRow, ModelManager
from annotator.ui.settings_dialog import SettingsDialog
from annotator.ui.words.phrases import localized
from tests import fakes
from tests.conftest import ROOT
from tests.ui.conftest import Driver, build

FOLDER = ROOT / "resources" / "i18n"
CHINESE = re.compile(r"[一-鿿]")
VISIBLE = {
    "QLabel", "QPushButton", "QCheckBox", "QDockWidget", "setText", "setToolTip", "setWindowTitle",
    "setAccessibleName", "setPlaceholderText", "addTab", "addRow", "addAction", "RequestError",
}  # fmt: skip
"""Calls whose texts a person reads."""

NAMES = {"Strokeflow", "1:1", "&1:1", "MiB", "English", "CUDA", "Esc"}


def messages() -> list[tuple[str, str, bool]]:
    """(English, Chinese, finished) of the .ts file."""
    root = ElementTree.parse(FOLDER / "strokeflow_zh_CN.ts").getroot()
    found = []
    for message in root.iter("message"):
        translation = message.find("translation")
        assert translation is not None
        finished = translation.get("type") is None
        found.append((message.findtext("source", ""), translation.text or "", finished))
    return found


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted((ROOT / "annotator" / "ui").rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_every_text_is_translated_and_placeholders_agree() -> None:
    for english, chinese, finished in messages():
        assert finished, f"not translated: {english!r}"
        assert chinese, english
        for place in (r"\{\w+(?::[^}]*)?\}", r"%\w"):
            assert sorted(re.findall(place, english)) == sorted(re.findall(place, chinese)), english
        assert english.count("\n") == chinese.count("\n"), english
        if re.search(r"&\w", english) and "<" not in english:
            assert re.search(r"&\w", chinese), f"no letter to reach it by: {english!r}"


def test_the_file_knows_every_text_of_the_window_and_no_other() -> None:
    marked = set()
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node) in ("tr", "QT_TR_NOOP"):
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    marked.add(text.value)
                else:
                    assert not isinstance(text, ast.JoinedStr), f"{file.name}:{node.lineno}"
    assert marked == {english for english, _, _ in messages()}, "run 'make translations'"


def test_no_text_goes_around_tr() -> None:
    for file, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or name_of(node) not in VISIBLE:
                continue
            for given in node.args:
                parts = given.values if isinstance(given, ast.JoinedStr) else [given]
                for part in parts:
                    text = part.value if isinstance(part, ast.Constant) else ""
                    if isinstance(text, str) and text not in NAMES and "<" not in text:
                        words = re.search(r"[A-Za-z]{3,}", text)
                        assert not words, f"{file.name}:{node.lineno}: {text!r}"


def test_the_compiled_file_is_the_one_of_the_source(qapp: object) -> None:
    translator = QTranslator()
    assert translator.load("strokeflow_zh_CN", str(FOLDER))
    for english, chinese, _ in messages():
        assert translator.translate("", english) == chinese, "run 'make translations'"


@pytest.fixture
def chinese(qtbot: QtBot, tmp_path: Path) -> Iterator[Driver]:
    install_language("zh_CN")
    window = build(tmp_path / "window.ini")
    window.show()
    yield Driver(window, qtbot)
    window.close()
    window.deleteLater()
    install_language("en")
    assert tr("Undo") == "Undo"


def test_the_window_speaks_chinese(chinese: Driver, clip: Path) -> None:
    window = chinese.window
    for spec in window.table.specs:
        for text in (spec.text, spec.help, spec.menu):
            assert text in NAMES or CHINESE.search(text), f"{spec.id}: {text!r}"
    chinese.open(clip)
    chinese.workspace.need_object()
    window.objects.refresh()
    dialogs = [window.custom.ask_settings(), window.custom.ask_keys()]
    window.dialogs.ask_export()
    window.dialogs.ask_survey()
    assert [type(d) for d in dialogs] == [SettingsDialog, ShortcutEditor]
    assert window.findChild(TransferDialog) is not None
    for text in shown(window):
        assert CHINESE.search(text) or not foreign(text), text
    window.objects.add_object()
    assert window.table.actions["undo"].text() == "撤销(&U) 添加 object 2"


def test_commands_are_named_without_the_marks_of_their_letters(chinese: Driver, clip: Path) -> None:
    chinese.open(clip)
    chinese.window.dialogs.ask_command()
    palette = chinese.window.findChild(Palette)
    editor = chinese.window.custom.ask_keys()
    listed = [palette.list.item(row).text() for row in range(palette.list.count())]
    listed += [editor.list.item(r, c).text() for r in range(editor.list.rowCount()) for c in (0, 1)]
    listed += [text for _, text in commands_with_keys(chinese.window.table)]
    for text in listed:
        assert not re.search(r"\(&?[A-Z0-9]\)", text), text
    palette.close()


def test_the_page_of_models_speaks_chinese(chinese: Driver) -> None:
    for card in published_models().values():
        assert CHINESE.search(localized(card.about)), card.about
        assert card.licence == "MIT" or CHINESE.search(localized(card.licence)), card.licence
    chinese.window.dialogs.ask_models()
    page = chinese.window.findChild(ModelManager)
    told = [row.about.text() for row in page.findChildren(ModelCardRow)]
    assert len(told) >= len(published_models())
    assert not any("Saliency learnt" in text or "Corrects" in text for text in told)
    page.close()


def foreign(text: str) -> bool:
    """Whether there are English words in it that are neither names nor part of a path."""
    bare = re.sub(r"<[^>]*>|&\w+;|.*[/\\].*", " ", text)
    return any(word not in NAMES for word in re.findall(r"[A-Za-z]{3,}", bare))


def shown(window: QWidget) -> Iterator[str]:
    """Texts of all widgets, without what a person wrote or chose."""
    for label in window.findChildren(QLabel):
        yield label.text()
    for button in window.findChildren(QAbstractButton):
        yield button.text()
    for dock in window.findChildren(QDockWidget):
        yield dock.windowTitle()
    for menu in window.findChildren(QMenu):
        yield menu.title()
    for line in window.findChildren(QLineEdit):
        yield line.placeholderText()


def test_refusals_of_the_services_are_said_in_chinese(chinese: Driver, tmp_path: Path) -> None:
    notices = chinese.window.notices
    notices.tell("error", "object 3 is locked on frame 12.", "Unlock it first.")
    assert notices.text == "object 3 在第 12 帧已锁定。"
    assert localized("Draw or import a mask first.") == "请先绘制或导入掩码。"
    assert localized("Swap a and b from frame 7 on") == "从第 7 帧起互换 a 和 b"
    assert localized("Nobody ever wrote this.") == "Nobody ever wrote this."
    chinese.window.switcher.open_path(tmp_path / "nothing")
    chinese.wait(lambda: not chinese.window.switcher.busy)
    assert CHINESE.search(notices.text)


def test_titles_of_steps_are_in_the_phrasebook(tmp_path: Path, qapp: object) -> None:
    folder = create_project(tmp_path / "p", fakes.image_folder(tmp_path / "clip"))
    project = open_project(folder)
    edit = EditService(project.session)
    one, two = edit.add_object("a"), edit.add_object("b")
    edit.set_locked([3], [one.id], True)
    edit.set_locked([3], [one.id], False)
    edit.masks.mark_absent(2, one.id)
    edit.whole.swap(one.id, two.id, 4)
    edit.whole.merge(one.id, two.id)
    edit.delete_object(two.id)
    with pytest.raises(RequestError) as refused:
        edit.masks.copy(1, 2, 77)
    install_language("zh_CN")
    try:
        for step in project.session.store.steps():
            assert CHINESE.search(localized(step.title)), step.title
        assert CHINESE.search(localized(refused.value.message))
    finally:
        install_language("en")
        project.close()


def test_the_choice_decides_and_the_system_is_asked_else(qapp: object) -> None:
    assert [resolve_language(choice) for choice in LANGUAGES] == list(LANGUAGES)
    assert resolve_language("system") in LANGUAGES
    assert resolve_language("klingon") in LANGUAGES


def test_the_cards_of_formats_are_translated(qapp: object) -> None:
    install_language("zh_CN")
    try:
        for card in cards():
            texts = [card.title, card.description, *([] if card.lossless else [card.loses])]
            for option in (*card.options, *card.import_options):
                texts += [option.title, option.help]
            if card.can_export:
                texts.append(layout_of(card.id).structure)
            for text in texts:
                assert localized(text) != text, f"{card.id}: {text}"
    finally:
        install_language("en")


def test_refusals_of_formats_and_data_sets_are_in_the_phrasebook(qapp: object) -> None:
    exchange = ROOT / "annotator" / "services" / "exchange"
    files = [
        *(ROOT / "annotator" / "io" / "formats").glob("*.py"),
        *exchange.glob("dataset*.py"),
        exchange / "mapping.py",
        *exchange.glob("transfer*.py"),
    ]
    install_language("zh_CN")
    try:
        for file in files:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node) in ("FormatError", "RequestError"):
                    for sentence in map(spoken, node.args):
                        assert not sentence or CHINESE.search(localized(sentence)), (
                            f"{file.name}:{node.lineno}: {sentence}"
                        )
        for number in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EISDIR, errno.EBADF):
            error = disk_error(Path("place"), OSError(number, "Bad"))
            said = localized(error.message)
            assert CHINESE.search(said.rpartition("：")[2]) or number == errno.EBADF
            assert CHINESE.search(localized(error.hint))
    finally:
        install_language("en")


def test_refusals_of_packing_and_cleaning_are_in_the_phrasebook(qapp: object) -> None:
    room = ROOT / "annotator"
    errors = ("ProjectError", "MediaError", "DiskError", "RequestError")
    install_language("zh_CN")
    try:
        for file in ("io/packed.py", "services/project/packing.py", "services/editing/cleaning.py"):
            for node in ast.walk(ast.parse((room / file).read_text(encoding="utf-8"))):
                sentences: list[str] = []
                if isinstance(node, ast.Call) and name_of(node) in errors:
                    sentences = [spoken(given) for given in node.args]
                elif isinstance(node, ast.Call) and name_of(node) == "_refusal":
                    sentences = [f"'7' is refused: {spoken(node.args[1])}."]
                for sentence in sentences:
                    if sentence in ("", "7", "'7' is refused: 7."):
                        continue  # a name, or a frame for the others
                    assert CHINESE.search(localized(sentence)), f"{file}:{node.lineno}: {sentence}"
    finally:
        install_language("en")


def spoken(given: ast.expr) -> str:
    """A sentence of the code with 7 for every part that is only known later."""
    if isinstance(given, ast.JoinedStr):
        return "".join(spoken(part) for part in given.values)
    if isinstance(given, ast.Constant):
        return str(given.value)
    return "7" if isinstance(given, ast.FormattedValue) else ""
