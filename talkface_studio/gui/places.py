"""The places of the window: where their widgets are defined, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from talkface_studio.gui.studio import Studio

Area = Literal["left", "right", "bottom", "centre", "page"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something that the window shows; its widget is a class that takes a `Studio` and a parent widget."""

    id: str
    """As in the command "place.<id>"."""
    title: str
    """In English: the source text of its translations, of the context "Place"."""
    icon: str
    widget: str
    """Module below `talkface_studio.gui`, a colon, and the class; imported when it is first shown."""
    area: Area

    def create(self, studio: Studio, parent: QWidget | None = None) -> QWidget:
        """Make the widget."""
        return cast("QWidget", getattr(self.load(), self.widget.partition(":")[2])(studio, parent))

    def load(self) -> ModuleType:
        """Import what defines the widget; any thread may."""
        return import_module(f"talkface_studio.gui.{self.widget.partition(':')[0]}")


PLACES = (
    Place("bin", "Media", "film", "bin.panel:BinPanel", "left"),
    Place("viewer", "Viewer", "eye", "viewer.panel:ViewerPanel", "centre"),
    Place("timeline", "Timeline", "split", "timeline.panel:TimelinePanel", "bottom"),
    Place("inspector", "Inspector", "settings", "inspector.panel:InspectorPanel", "right"),
    Place("queue", "Export queue", "queue", "exports.panel:QueuePanel", "right"),
    Place("start", "Start", "home", "pages.start:StartPage", "page"),
    Place("models", "Models", "cube", "pages.models:ModelsPage", "page"),
    Place("training", "Training", "chart", "pages.training:TrainingPage", "page"),
    Place("preferences", "Preferences", "settings", "pages.preferences:PreferencesPage", "page"),
    Place("diagnostics", "Diagnostics", "pulse", "pages.diagnostics:DiagnosticsPage", "page"),
)
"""The first five make the editor; the pages take its place in the window."""


def load_places() -> None:
    """Import what all places are made of, so that the first look at one does not wait for it."""
    for place in PLACES:
        place.load()
