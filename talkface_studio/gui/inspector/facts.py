"""Facts in two columns, and the inspectors of media, clips and markers that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Picture
from talkface_studio.engine.protocol.questions import Thumbnail as ThumbnailOf
from talkface_studio.gui.inspector.rows import Choice, Row
from talkface_studio.gui.parts.labels import ElidedLabel, SectionHeader, label
from talkface_studio.gui.parts.thumbnail import Thumbnail, image_of
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import Clip, Marker, MarkerColor
from talkface_studio.project.edit.marks import change_marker

_LONGEST = 640


class Facts(QWidget):
    """Names and values; values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, Space.S)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        """Show these, in their order; those without a value are left out."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        given = [(name, value) for name, value in facts.items() if value]
        for row, (name, value) in enumerate(given):
            shown = label(value, wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, row, 1)


class MediaWords(QObject):
    """What is known of a file, in words."""

    def facts(self, media: Media) -> dict[str, str]:
        """By what they are called."""
        kinds = {"video": self.tr("Video"), "photo": self.tr("Photo"), "audio": self.tr("Sound")}
        told = {self.tr("Kind"): kinds[media.kind]}
        known = media.facts
        if known is not None:
            rate = (
                "" if known.frame_rate is None else self.tr("{0:.6g} frames a second").format(float(known.frame_rate))
            )
            told |= {
                self.tr("Length"): clock(known.duration) if known.duration else "",
                self.tr("Picture"): f"{known.width} x {known.height}" if known.width else "",
                self.tr("Frame rate"): self.tr("{0}, uneven").format(rate) if known.variable else rate,
                self.tr("Sound"): self.tr("yes") if known.has_sound else self.tr("none"),
            }
        return told | {self.tr("Folder"): str(media.path.parent)}


class Account(QWidget):
    """What the engine said of a finished export; nothing before there was one."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = Facts()
        self._warning = label("", "warning", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(SectionHeader(title or self.tr("Last export")))
        column.addWidget(self.facts)
        column.addWidget(self._warning)
        self.hide()

    def show_result(self, result: Mapping[str, Any]) -> None:
        """Show a document that `talkface dub --json` prints; what it does not say is left out."""
        path = Path(str(result.get("output", "")))
        made = [str(result[name]) for name in ("model", "device") if name in result]
        speed = result.get("realtime_factor")
        frames = result.get("frames")
        self.facts.show_facts({
            self.tr("File"): path.name,
            self.tr("Frames"): "" if frames is None else str(frames),
            self.tr("Made by"): self.tr(" on ").join(made),
            self.tr("Speed"): "" if not speed else self.tr("{0:.2f} x real time").format(speed),
        })  # fmt: skip
        without = result.get("frames_without_face") or 0
        told = list(result.get("notices", ()))
        if without:
            told.append(self.tr("{0} frames show no face and were left as they are.").format(without))
        self._warning.setText("\n".join(told))
        self._warning.setVisible(bool(told))
        self.show()


class MediaPage(QWidget):
    """A file of the bin, or a clip that is made of one."""

    def __init__(self, studio: Studio, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._ask, self._words = studio, ask, MediaWords(self)
        self._pictured: object = None
        self.title = ElidedLabel("", Qt.TextElideMode.ElideMiddle, "title")
        self.problem = label("", "error", wrap=True)
        self.picture = Thumbnail(studio.theme, "film")
        self.facts = Facts()
        self.clip_head = SectionHeader(self.tr("Clip"))
        self.clip = Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.L)
        column.setSpacing(Space.S)
        for part in (self.title, self.problem, self.picture, self.clip_head, self.clip):
            column.addWidget(part)
        column.addWidget(SectionHeader(self.tr("File")))
        column.addWidget(self.facts)
        column.addStretch()

    def show_media(self, media: Media, clip: Clip | None = None) -> None:
        """Show a file, and the clip of it that is selected."""
        document = self._studio.project.document
        self.title.setText(media.path.name)
        self.problem.setText("" if media.problem is None else media.problem.reason)
        self.problem.setVisible(media.problem is not None)
        uses = sum(item.media == media.id for item in document.items)
        told = {self.tr("Used"): self.tr("{0} times on the timeline").format(uses) if uses else self.tr("not yet")}
        self.facts.show_facts(self._words.facts(media) | told)
        self.clip_head.setVisible(clip is not None)
        self.clip.setVisible(clip is not None)
        if clip is not None:
            place = self.tr("{0} to {1}").format(clock(clip.start), clock(clip.end))
            shows = self.tr("{0} to {1}").format(clock(clip.offset), clock(clip.offset + clip.end - clip.start))
            still = media.kind == "photo"
            self.clip.show_facts({self.tr("Place"): place, self.tr("Shows"): "" if still else shows})
        self._show_picture(media, clip)

    def _show_picture(self, media: Media, clip: Clip | None) -> None:
        seen = media.kind != "audio" and media.problem is None
        self.picture.setVisible(seen)
        time = 0.0 if clip is None or media.kind == "photo" else clip.offset
        wanted = (media.path, time)
        if not seen or wanted == self._pictured:
            return
        self._pictured = wanted
        self.picture.show_image(None)

        def show(picture: Picture) -> None:
            if self._pictured == wanted:
                self.picture.show_image(image_of(picture))

        self._ask(ThumbnailOf(path=media.path, time=time, longest=_LONGEST), show, lambda _error: None)


class MarkerPage(QWidget):
    """A marker: its name and colour."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._marker = studio, ""
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("No name"))
        self.color = Choice()
        self.place = Facts()
        colors: dict[MarkerColor, str] = {
            "blue": self.tr("Blue"), "green": self.tr("Green"), "yellow": self.tr("Yellow"), "red": self.tr("Red"),
        }  # fmt: skip
        for value, text in colors.items():
            self.color.addItem(text, value)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.L)
        column.addWidget(label(self.tr("Marker"), "title"))
        column.addWidget(self.place)
        column.addWidget(Row(self.tr("Name"), self.name))
        column.addWidget(Row(self.tr("Colour"), self.color))
        column.addStretch()
        self.name.textEdited.connect(lambda name: studio.do(change_marker(self._marker, name=name)))
        self.name.editingFinished.connect(studio.project.seal)
        self.color.activated.connect(self._recolour)

    def show_marker(self, marker: Marker) -> None:
        """Show a marker."""
        self._marker = marker.id
        if self.name.text() != marker.name:
            self.name.setText(marker.name)
        self.color.setCurrentIndex(self.color.findData(marker.color))
        self.place.show_facts({self.tr("Time"): clock(marker.time)})

    def _recolour(self, index: int) -> None:
        self._studio.do(change_marker(self._marker, color=self.color.itemData(index)))
        self._studio.project.seal()
