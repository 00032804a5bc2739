"""Texts of the window in the language of the person.

Every text a person reads goes through `tr`, which lupdate finds by its name. Placeholders are
named, so that a translation may put them in another order: tr("Frame {frame}").format(frame=3).
"""

from __future__ import annotations

import importlib.resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Languages that the window speaks, each by its own name."""

_installed: list[QTranslator] = []


def tr(text: str) -> str:
    """The text in the chosen language; English where there is no translation."""
    return QCoreApplication.translate("", text)


def QT_TR_NOOP(text: str) -> str:
    """Marks a text for lupdate that `tr` translates later, where it is used."""
    return text


def resolve_language(choice: str) -> str:
    """A key of `LANGUAGES`: the choice itself, or for "system" what the system asks for."""
    if choice in LANGUAGES:
        return choice
    wishes = QLocale.system().uiLanguages()
    return "zh_CN" if wishes and wishes[0].startswith("zh") else "en"


def install_language(choice: str) -> str:
    """Give the application its language ("system", "en" or "zh_CN"); returns the one chosen.

    Widgets made afterwards speak it. A QCoreApplication must exist.
    """
    app = QCoreApplication.instance()
    assert app is not None
    for old in _installed:
        app.removeTranslator(old)
    _installed.clear()
    language = resolve_language(choice)
    if language == "en":
        return language
    ours, qts = QTranslator(), QTranslator()
    folder = importlib.resources.files("resources") / "i18n"
    ours.load(f"strokeflow_{language}", str(folder))
    # The buttons of Qt's own dialogs.
    qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for translator in (qts, ours):
        app.installTranslator(translator)
        _installed.append(translator)
    return language
