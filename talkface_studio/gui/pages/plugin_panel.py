"""One plugin that the user installed: what it may do, and its buttons."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.exports.wording import size
from talkface_studio.gui.pages.page import group
from talkface_studio.gui.pages.plugin_changes import PluginChanges, Row, plugin_facts
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.tokens import Space


class PluginPanel(QWidget):
    """A plugin as `talkface plugins list` tells of it."""

    def __init__(self, changes: PluginChanges, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changes = changes
        name = row["name"]
        facts = plugin_facts(row, enforced=changes.enforced)
        facts.add(self.tr("Version"), self._version(row))
        facts.add(self.tr("Installed from"), row["source"])
        facts.add(self.tr("On disk"), size(row["bytes"]))
        if row["state"] != "ok":
            facts.add(self.tr("State"), row["state"], "warning")
        turn = (
            button(self.tr("Disable"), partial(changes.change, "disable", name))
            if row["enabled"]
            else button(self.tr("Enable"), partial(changes.change, "enable", name), "primary")
        )
        back = button(self.tr("Roll back"), partial(changes.change, "rollback", name))
        back.setEnabled(bool(row["previous"]))
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, Space.S, 0, 0)
        line.setSpacing(Space.S)
        for each in (
            button(self.tr("Update"), partial(changes.update, name)),
            back,
            turn,
            button(self.tr("Remove…"), partial(changes.ask_to_remove, name), "danger"),
        ):
            each.setEnabled(each.isEnabled() and not changes.doing)
            line.addWidget(each)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        title = self.tr("Plugin {0}: runs in a process of its own").format(name)
        column.addWidget(group(title, label(row["summary"], "muted", wrap=True), facts, buttons))

    def _version(self, row: Row) -> str:
        if not row["previous"]:
            return str(row["version"])
        return self.tr("{0}, before that {1}").format(row["version"], row["previous"])
