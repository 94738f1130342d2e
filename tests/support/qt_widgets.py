"""What tests of the window do with widgets."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget


def delete_now(widget: QWidget) -> None:
    """Delete it: what only waits to be deleted is dressed anew with every change of the theme."""
    widget.hide()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
