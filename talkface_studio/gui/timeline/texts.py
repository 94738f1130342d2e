"""What the timeline says in words: on items, and to screen readers."""

from __future__ import annotations

from PySide6.QtCore import QObject

from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import Item, Segment


class Texts(QObject):
    """Sentences and labels in the user's language."""

    def face(self, choice: FaceChoice | None, person: int | None = None) -> str:
        """What a chosen face is called; `person` is its number where that is known."""
        if choice is None:
            return self.tr("face from the voice")
        if person is None and choice.point is not None:
            return self.tr("picked face")
        number = choice.index if choice.point is None or person is None else person
        return self.tr("Face {0}").format(number + 1)

    def item_label(self, item: Item, media: Media, *, person: int | None = None, pictured: bool = True) -> str:
        """What stands on an item: for a segment, which voice speaks on which face."""
        name = media.path.name
        if isinstance(item, Segment):
            face = self.face(item.face, person)
            name = f"{media.path.stem} → {face}" if pictured or item.face is None else name
            if item.audio_offset:
                name += f"  {item.audio_offset * 1000:+.0f} ms"
        if media.status == "missing":
            return self.tr("{0}: missing").format(name)
        return self.tr("{0}: cannot be read").format(name) if media.status == "unreadable" else name

    def lane(self, document: Document, lane_id: str) -> str:
        """What a voice lane is called: its name, or its number."""
        for number, lane in enumerate(document.lanes, 1):
            if lane.id == lane_id:
                return lane.name or self.tr("Voice {0}").format(number)
        return self.tr("Picture")

    def describe(self, document: Document, item: Item) -> str:
        """An item for a screen reader."""
        label = self.item_label(item, document.media_of(item.media))
        place = self.tr("{0}, from {1} to {2}, on {3}").format(
            label, clock(item.start), clock(item.end), self.lane(document, item.lane)
        )
        return self.tr("{0}, muted").format(place) if isinstance(item, Segment) and item.muted else place

    def selection(self, document: Document, ids: frozenset[str]) -> str:
        """What is selected, for a screen reader."""
        items = [item for item in document.items if item.id in ids]
        if len(items) == 1:
            return self.describe(document, items[0])
        return self.tr("{0} items selected").format(len(items)) if items else self.tr("nothing selected")
