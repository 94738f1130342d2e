"""What a user does with the window: files dropped on it, keys, the mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from talkface_studio.gui.parts.question import QuestionDialog
from talkface_studio.gui.window import StudioWindow

PATIENCE_MS = 120_000


def wait_until(condition: Callable[[], object]) -> None:
    """Let the window live until something is true.

    Raises:
        TimeoutError: it never is.
    """
    timer = QElapsedTimer()
    timer.start()
    while not condition():
        if timer.hasExpired(PATIENCE_MS):
            raise TimeoutError
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def drop(widget: QWidget, *paths: Path, at: QPoint | None = None) -> None:
    """Drop files on a widget, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = widget.rect().center() if at is None else at
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event: QDragMoveEvent | QDropEvent
    for event in (QDragEnterEvent(place, *how), QDragMoveEvent(place, *how), QDropEvent(QPointF(place), *how)):
        QApplication.sendEvent(widget, event)
        assert event.isAccepted() or type(event) is QDragMoveEvent


def lay(window: StudioWindow, path: Path, time: float, lane: str) -> None:
    """Drop a file on the timeline, and wait until what came of it is selected; no lane is below all of them."""
    view, project = window.editor.docks["timeline"].widget().view, window.studio.project
    before = {item.id for item in project.document.items}
    row = view.rows.row(lane) if lane else None
    y = view.viewport().height() - 2 if row is None else round(row.top + row.height / 2)
    drop(view.viewport(), path, at=QPoint(round(view.axis.x(time)) + 1, y))
    wait_until(lambda: {item.id for item in project.document.items} - before == set(project.selection) != set())


def press_key(window: StudioWindow, command: str) -> None:
    """Press the key of a command, once it can be used."""
    action = window.actions_[command]
    window.activateWindow()
    wait_until(lambda: window.isActiveWindow() and action.isEnabled())
    QTest.keySequence(window, action.shortcut())


def answer(parent: QWidget, text: str) -> None:
    """Press a button of the question that is asked."""
    question = next(dialog for dialog in parent.findChildren(QuestionDialog) if dialog.isVisible())
    (found,) = [button for button in question.findChildren(QPushButton) if button.text() == text]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)
