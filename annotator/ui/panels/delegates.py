"""How rows of lists are drawn."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

NOTE = Qt.ItemDataRole.UserRole + 1
"""Item role of the note."""
_MARGIN = 8
"""Pixels beside the note."""
_MOST = 0.6
"""Share of the row that a long note gets: the text says which row it is."""


class WrapDelegate(QStyledItemDelegate):
    """Text that wraps: a row is as high as its lines, so that none is left out."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Qt takes the width that the list has without its scroll bar; and where letters come from
        another font, as Chinese ones do beside Latin ones, it draws one line less than it counted
        unless there is some room to spare."""
        room = QStyleOptionViewItem(option)
        if isinstance(room.widget, QAbstractScrollArea):
            room.rect.setWidth(room.widget.viewport().width())
        hint = super().sizeHint(room, index)
        # A word that is wider than the list is cut, and not the whole row made as wide.
        width = min(hint.width(), room.rect.width())
        return QSize(width, hint.height() + room.fontMetrics.height() // 3)


class NoteDelegate(QStyledItemDelegate):
    """The text on the left, a note (role `NOTE`) on the right, greyed."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The text gives way to the note."""
        super().initStyleOption(option, index)
        note = self.shown_note(option, index)
        if note:
            text = _text_rect(option)
            end = option.rect.right() - _MARGIN - option.fontMetrics.horizontalAdvance(note)
            room = end - _MARGIN - text.left()
            right = Qt.TextElideMode.ElideRight
            option.text = option.fontMetrics.elidedText(option.text, right, room)

    @staticmethod
    def shown_note(option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> str:
        """The note, cut where it would leave too little of the text."""
        note: str = index.data(NOTE) or ""
        room = int(_text_rect(option).width() * _MOST) - _MARGIN
        return option.fontMetrics.elidedText(note, Qt.TextElideMode.ElideMiddle, room)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        whole = QStyleOptionViewItem(option)
        super().initStyleOption(whole, index)
        note = self.shown_note(whole, index)
        if not note:
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        role = palette.ColorRole.HighlightedText if chosen else palette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        place = option.rect.adjusted(0, 0, -_MARGIN, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(right), note)


def _text_rect(option: QStyleOptionViewItem) -> QRect:
    """Where the text of a row may be, beside its box and icon."""
    style = option.widget.style() if option.widget else QApplication.style()
    return style.subElementRect(style.SubElement.SE_ItemViewItemText, option, option.widget)
