"""The Model manager: a stranger's wheel is dropped, agreed to, disabled and removed; a broken one says why."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton

from plugin_packages import build_wheel, write_plugin
from talkface_studio.gui.pages.models import ModelsPage

from .test_pages import press, shown


@pytest.fixture
def studio(own_studio):
    """With an engine that sees the plugins of this test."""
    return own_studio


@pytest.fixture
def page(studio, qtbot, wait):
    page = shown(ModelsPage(studio), qtbot)
    wait(lambda: page.cards and page.plugins.rows)
    return page


def drop(page, path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)
    assert event.isAccepted()


def words(widget) -> str:
    return " ".join(each.text() for each in widget.findChildren(QLabel))


def push(page, text: str, wait) -> None:
    def found() -> list[QPushButton]:
        return [each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisible()]

    wait(lambda: [each for each in found() if each.isEnabled()])
    found()[0].click()


def test_a_plugin_is_installed_disabled_enabled_and_removed(page, studio, tmp_path, wait):
    package = write_plugin(tmp_path / "source", permissions='folders = ["~/Voices"]')
    drop(page, build_wheel(package, tmp_path, "1.0"))
    assert page.plugins.doing
    assert not page.install.isEnabled()
    wait(lambda: page.plugins.question)
    asked = words(page.plugins.question)
    assert "Unknown: the studio cannot tell who made it." in asked
    assert "It reads and changes the files in ~/Voices." in asked
    assert ("Enforced by the system." in asked) == page.plugins.enforced
    assert not studio.folders.plugins.exists()
    press(page.plugins.question, "Install")
    wait(lambda: "darkener" in page.cards)
    page.choose("darkener")
    shown_words = words(page)
    assert "Plugin darkener: runs in a process of its own" in shown_words
    assert "Jane" in shown_words
    push(page, "Disable", wait)
    wait(lambda: "darkener" not in [model["name"] for model in page.models])
    push(page, "Enable", wait)
    wait(lambda: "darkener" in [model["name"] for model in page.models])
    push(page, "Remove…", wait)
    press(page.plugins.question, "Remove")
    wait(lambda: "darkener" not in page.cards)
    assert not studio.folders.plugins.exists()


def test_what_cannot_be_installed_says_why(page, studio, tmp_path, wait):
    notices = []
    studio.noticed.connect(notices.append)
    drop(page, write_plugin(tmp_path / "source", files={"w.pth": b"x"}).parent.rename(tmp_path / "darkener.zip"))
    wait(lambda: notices)
    assert notices[0].rank == "error"
    assert "is a pickle, which runs code when read" in notices[0].text
    assert page.install.isEnabled()
