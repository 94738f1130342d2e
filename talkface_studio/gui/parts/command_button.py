"""Buttons that do commands."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.theme import Role
from talkface_studio.gui.theme.tokens import ICON


class CommandButton(IconButton):
    """The icon of a command; enabled and checked as the command is, named with its shortcut."""

    def __init__(
        self,
        studio: Studio,
        command_id: str,
        icon: str = "",
        *,
        role: Role = "text",
        size: int = ICON,
        parent: QWidget | None = None,
    ) -> None:
        self._studio, self._command = studio, studio.commands[command_id]
        super().__init__(
            studio.theme,
            icon or self._command.icon,
            translated("command", self._command.title).rstrip("…"),
            lambda: studio.run(command_id),
            checkable=self._command.checked is not None,
            role=role,
            size=size,
            parent=parent,
        )
        studio.context_changed.connect(self.refresh)
        self.refresh()

    def rename(self, icon: str, name: str) -> None:
        """Become a button for something else, of the same command."""
        super().rename(icon, name)
        keys = self._studio.keymap.keys(self._command.id)
        if keys:
            shown = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            self.setToolTip(f"{name}  ({shown})")

    def refresh(self) -> None:
        """Look at the context anew."""
        context = self._studio.context
        self.setEnabled(self._studio.commands.can_run(self._command.id, context))
        if self._command.checked is not None:
            self.setChecked(self._command.checked(context))
