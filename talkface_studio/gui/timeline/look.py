"""What the timeline is painted with: pens, brushes, fonts and measures, made of the theme once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import FontSize

RULER, PICTURE_LANE, VOICE_LANE, GAP, LABEL = 34, 68, 58, 2, 18
"""Heights in pixels at a text scale of 100 %; LABEL is the strip with the name on top of an item."""


@dataclass(frozen=True, slots=True)
class ItemColors:
    """How the items of one lane are filled; `wave` is what lies on `body`."""

    body: QColor
    label: QColor
    edge: QColor
    wave: QColor


class Look:
    """The theme as the painter needs it; made anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        color, px = theme.color, theme.px
        self.ruler, self.picture, self.voice, self.gap, self.label = map(
            px, (RULER, PICTURE_LANE, VOICE_LANE, GAP, LABEL)
        )
        self.small = theme.font(FontSize.SMALL)
        self.small_bold = theme.font(FontSize.SMALL, bold=True)
        self.clock = theme.font(FontSize.SMALL, tabular=True)
        self.metrics = QFontMetricsF(self.small)
        self.clock_metrics = QFontMetricsF(self.clock)
        self.pad = px(6)
        self.icon = px(14)
        self.surface, self.lane, self.window = color("surface"), color("sunken"), color("window")
        self.text, self.muted, self.on_accent = color("text"), color("muted"), color("on_accent")
        self.accent, self.accent_soft = color("accent"), color("accent", 0.16)
        self.error, self.warning = color("error"), color("warning")
        self.tick = QPen(color("border_strong"), 1)
        self.grid = QPen(color("border", 0.6), 1)
        self.border = QPen(color("border"), 1)
        self.playhead = QPen(self.accent, 2 if theme.scale < 1.5 else 3)
        self.selected = QPen(self.text, 2)
        self.guide = QPen(self.warning, 1, Qt.PenStyle.DashLine)
        self.ghost = QPen(self.accent, 2, Qt.PenStyle.DashLine)
        self.outside = color("window", 0.55)
        self.hatch = _hatch(color("surface", 0.45), color("muted", 0.45))
        """A tile that is laid over what is muted."""
        self.markers = {name: QColor(value) for name, value in theme.colors.markers.items()}
        self.clips = _shades(color("lane_picture"), self.text, self.surface)
        self._voices = tuple(_shades(QColor(value), self.text, self.surface) for value in theme.colors.lanes)
        self.elided = lru_cache(maxsize=2000)(self._elide)

    def voices(self, index: int) -> ItemColors:
        """The colours of a voice lane, in turn."""
        return self._voices[index % len(self._voices)]

    def _elide(self, text: str, width: int) -> str:
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def mixed(first: QColor, second: QColor, part: float) -> QColor:
    """A colour between two: `part` of the second."""
    red, green, blue = (
        a + (b - a) * part
        for a, b in zip(first.getRgbF()[:3], second.getRgbF()[:3], strict=True)  # type: ignore[index]
    )
    return QColor.fromRgbF(red, green, blue)


def _shades(body: QColor, text: QColor, surface: QColor) -> ItemColors:
    return ItemColors(
        body=mixed(body, surface, 0.35), label=body, edge=mixed(body, text, 0.25), wave=mixed(body, text, 0.62)
    )


def _hatch(ground: QColor, lines: QColor) -> QPixmap:
    """A pattern brush would do the same ten times slower."""
    tile = QPixmap(8, 8)
    tile.fill(ground)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(lines)
    for shift in (-8, 0, 8):
        painter.drawLine(shift - 1, 9, shift + 9, -1)
    painter.end()
    return tile
