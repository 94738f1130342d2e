"""The command palette: any command by a few letters of its name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from talkface_studio.gui.parts.search_field import SearchField
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import FontSize, Radius, Space
from talkface_studio.project.commands.search import Found, SearchEntry, search

_ID, _KEYS, _MARKED, _ICON, _MENU = (Qt.ItemDataRole.UserRole + number for number in range(5))
_REMEMBERED = 8


class _Row(QStyledItemDelegate):
    """Icon, title with the letters that were found, and the shortcut."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(34))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        space = QRectF(option.rect).adjusted(Space.XS, 1, -Space.XS, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(space, Radius.M, Radius.M)
        inner = space.adjusted(Space.S, 0, -Space.S, 0)
        side = theme.px(16)
        if index.data(_ICON):
            place = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
            theme.icon(index.data(_ICON), "muted").paint(painter, place.toRect())
        self._title(painter, inner.adjusted(side + Space.M, 0, 0, 0), index)
        painter.setFont(theme.font(FontSize.SMALL))
        painter.setPen(theme.color("muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(_KEYS))
        painter.restore()

    def _title(self, painter: QPainter, space: QRectF, index: QModelIndex | QPersistentModelIndex) -> None:
        marked = set(index.data(_MARKED))
        plain, bold = self._theme.font(), self._theme.font(bold=True)
        x = space.left()
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for number, letter in enumerate(index.data()):
            found = number in marked
            painter.setFont(bold if found else plain)
            painter.setPen(self._theme.color("accent" if found else "text"))
            painter.drawText(QRectF(x, space.top(), space.right() - x, space.height()), line, letter)
            x += painter.fontMetrics().horizontalAdvance(letter)
        menu = index.data(_MENU)
        if menu:
            painter.setFont(self._theme.font(FontSize.SMALL))
            painter.setPen(self._theme.color("disabled"))
            painter.drawText(QRectF(x + Space.S, space.top(), space.right() - x, space.height()), line, menu)


class Palette(QDialog):
    """A field and the commands that fit, those that can be used now only; what was used last comes first."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Command palette"))
        self._studio = studio
        context = studio.context
        self._commands = [command for command in studio.commands if studio.commands.can_run(command.id, context)]
        self._field = SearchField(studio.theme, self.tr("What do you want to do?"))
        self._field.setMinimumHeight(studio.theme.px(36))
        self._list = QListWidget()
        self._list.setItemDelegate(_Row(studio.theme, self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(self.tr("Commands"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(self._run)
        self._search("")
        size = QSize(studio.theme.px(560), studio.theme.px(420)).boundedTo(parent.size())
        self.resize(size)
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - size.width()) // 2, corner.y() + parent.height() // 8)
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while the field keeps the letters."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in steps:
                last = self._list.count() - 1
                self._list.setCurrentRow(min(max(self._list.currentRow() + steps[Qt.Key(event.key())], 0), last))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._list.currentItem() is not None:
                self._run(self._list.currentItem())
                return True
        return False

    def _search(self, text: str) -> None:
        entries = [
            SearchEntry(command.id, translated("command", command.title).rstrip("…"), (command.title,))
            for command in self._commands
        ]
        titles = {entry.id: entry.title for entry in entries}
        self._list.clear()
        for hit in search(text, entries, recent=self._studio.preferences.values.recent_commands):
            self._list.addItem(self._item(hit, titles[hit.id]))
        self._list.setCurrentRow(0)

    def _item(self, hit: Found, title: str) -> QListWidgetItem:
        command, keys = self._studio.commands[hit.id], self._studio.keymap.keys(hit.id)
        item = QListWidgetItem(title)
        item.setData(_ID, hit.id)
        item.setData(_KEYS, QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else "")
        item.setData(_MARKED, list(hit.positions))
        item.setData(_ICON, command.icon)
        item.setData(_MENU, translated("menu", command.menu[0]) if command.menu else "")
        return item

    def _run(self, item: QListWidgetItem) -> None:
        command = str(item.data(_ID))
        before = (name for name in self._studio.preferences.values.recent_commands if name != command)
        self._studio.preferences.set(recent_commands=(command, *before)[:_REMEMBERED])
        self.accept()
        self._studio.run(command)
