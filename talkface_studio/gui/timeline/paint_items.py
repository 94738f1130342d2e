"""Paints clips and segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPixmap

from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.timeline.casting import casting
from talkface_studio.gui.timeline.faces import FaceLook, FaceLooks
from talkface_studio.gui.timeline.filmstrip import Filmstrip, strip_step
from talkface_studio.gui.timeline.look import ItemColors, Look
from talkface_studio.gui.timeline.rows import Row, Scene, items_between
from talkface_studio.gui.timeline.sounds import Sounds
from talkface_studio.gui.timeline.texts import Texts
from talkface_studio.gui.timeline.waves import Waves
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import PICTURE, Clip, Item, Segment

NARROW = 7.0
"""Pixels below which an item is a plain bar."""
LABELLED = 34.0
"""Pixels from which an item has its name on it."""
_RADIUS = 4.0
_BEYOND = 16.0
"""Pixels that are painted beyond the view, so that the ends of what was cut are not seen."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An item, what it is made of, and where it is painted in which colours."""

    item: Item
    media: Media
    rect: QRectF
    colors: ItemColors


class ItemPainter:
    """Paints what lies on the lanes, from sources that fill as the engine answers."""

    def __init__(self, theme: Theme, sounds: Sounds, strip: Filmstrip, faces: FaceLooks, texts: Texts) -> None:
        self._sounds, self._strip, self._faces, self._texts = sounds, strip, faces, texts
        self.waves = Waves()
        self._look = Look(theme)
        self._cast_of: Document | None = None
        self._cast: Mapping[str, Media] = {}
        self._icons: dict[str, QIcon] = {name: theme.icon(name) for name in ("mute", "alert")}

    def restyle(self, look: Look) -> None:
        """Paint with other colours and sizes from now on."""
        self._look = look

    def paint_lane(self, painter: QPainter, scene: Scene, row: Row, area: QRectF, selection: frozenset[str]) -> None:
        """Paint the items of a lane that lie within `area`, a part of the view."""
        document, axis, look = scene.document, scene.axis, self._look
        items = document.on_lane(row.lane)
        shown = items_between(items, axis.time(area.left() - 4), axis.time(area.right() + 4))
        media = {entry.id: entry for entry in document.media}
        lanes = [lane.id for lane in document.lanes]
        quiet = row.lane != PICTURE and document.lanes[lanes.index(row.lane)].muted
        colors = look.clips if row.lane == PICTURE else look.voices(lanes.index(row.lane))
        top = row.top - scene.scroll
        # What is much longer than the view is cut: painters count in few pixels.
        near = QRectF(area.left() - _BEYOND, top, area.width() + 2 * _BEYOND, row.height)
        chosen: list[QRectF] = []
        for item in shown:
            # Whole pixels: edges are sharp, and pictures are copied, not resampled.
            left, right = round(axis.x(item.start)), round(axis.x(item.end))
            rect = QRectF(left, top, max(right - left - 1, 2), row.height)
            if rect.width() < NARROW:
                painter.fillRect(rect, colors.label)
            else:
                body = rect.intersected(near)
                painter.setPen(colors.edge)
                painter.setBrush(colors.body)
                painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
                self._paint_item(painter, scene, _Place(item, media[item.media], rect, colors))
            if quiet or (isinstance(item, Segment) and item.muted):
                painter.drawTiledPixmap(rect, look.hatch)
            if item.id in selection:
                chosen.append(rect.intersected(near))
        # Above neighbours, whose edges would cover half of the frame.
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(look.selected)
            for rect in chosen:
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    def _paint_item(self, painter: QPainter, scene: Scene, place: _Place) -> None:
        item, rect, label = place.item, place.rect, self._look.label
        if isinstance(item, Clip):
            self._paint_strip(painter, scene, item, place.media, rect.adjusted(1, 1 + label, -1, -1))
        else:
            self._paint_wave(painter, scene, item, place, rect.adjusted(1, 3 + label, -1, -4))
        if rect.width() >= LABELLED:
            self._paint_label(painter, scene, place)

    def _paint_wave(self, painter: QPainter, scene: Scene, segment: Segment, place: _Place, rect: QRectF) -> None:
        path = place.media.path
        if place.media.problem is not None:
            return
        zoom = scene.axis.zoom
        sound = self._sounds.get(path, zoom)
        # What is heard moves against the segment by its audio offset.
        offset = segment.offset - segment.audio_offset
        self.waves.draw(painter, rect, path, sound, offset=offset, zoom=zoom, color=place.colors.wave)

    def _paint_strip(self, painter: QPainter, scene: Scene, clip: Clip, media: Media, rect: QRectF) -> None:
        facts, zoom, height = media.facts, scene.axis.zoom, round(rect.height())
        if facts is None or not facts.width or not facts.height or media.problem is not None or height <= 0:
            return
        width = max(round(height * facts.width / facts.height), 8)
        visible = rect.intersected(painter.clipBoundingRect())
        ratio = painter.device().devicePixelRatio()
        step = strip_step(zoom, width)
        first = floor((visible.left() - rect.left()) / width)
        count = floor((visible.right() - rect.left()) / width) + 1
        for index in range(max(first, 0), count):
            left = rect.left() + index * width
            time = 0.0 if media.kind == "photo" else (clip.offset + index * width / zoom) // step * step
            picture = self._strip.get(media.path, time, step, (width, height), ratio)
            if picture is None:
                continue
            shown = min(width, rect.right() - left)
            source = QRectF(0, 0, shown * ratio, height * ratio)
            painter.drawPixmap(QRectF(left, rect.top(), shown, height), picture, source)

    def _paint_label(self, painter: QPainter, scene: Scene, place: _Place) -> None:
        look, item, media, rect = self._look, place.item, place.media, place.rect.adjusted(1, 1, -1, -1)
        # The name stays in view while the item is scrolled half out of it.
        left = max(rect.left(), 0.0) + look.pad
        strip = QRectF(left, rect.top(), rect.right() - left - look.pad / 2, look.label)
        if strip.width() < look.pad * 3:
            return
        painter.setPen(look.text)
        painter.setFont(look.small)
        if media.problem is not None:
            strip = self._paint_icon(painter, "alert", strip)
        if isinstance(item, Segment) and item.muted:
            strip = self._paint_icon(painter, "mute", strip)
        face = self._face(scene, item)
        if face is not None and face.pixmap is not None and strip.width() >= look.label * 3:
            strip = self._paint_face(painter, face.pixmap, strip)
        person = None if face is None else face.person
        label = self._texts.item_label(item, media, person=person, pictured=item.id in self._cast)
        text = look.elided(label, int(strip.width()))
        painter.drawText(strip, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), text)

    def _paint_icon(self, painter: QPainter, name: str, strip: QRectF) -> QRectF:
        side = self._look.icon
        place = QRectF(strip.left(), strip.center().y() - side / 2, side, side)
        self._icons[name].paint(painter, place.toRect())
        return strip.adjusted(side + 3, 0, 0, 0)

    def _paint_face(self, painter: QPainter, pixmap: QPixmap, strip: QRectF) -> QRectF:
        side = strip.height() - 3
        place = QRectF(strip.left(), strip.top() + 1.5, side, side)
        painter.save()
        path = QPainterPath()
        path.addEllipse(place)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
        painter.restore()
        return strip.adjusted(side + 4, 0, 0, 0)

    def _face(self, scene: Scene, item: Item) -> FaceLook | None:
        if not isinstance(item, Segment) or item.face is None:
            return None
        if self._cast_of is not scene.document:
            self._cast_of, self._cast = scene.document, casting(scene.document)
        picture = self._cast.get(item.id)
        if picture is None or picture.problem is not None:
            return None
        return self._faces.get(picture.path, item.face)
