"""Seconds to pixels and back; a frozen value without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

NEAREST = 1000.0
"""Pixels a second at the closest zoom: a frame of 25 a second is 40 pixels wide."""
MARGIN = 0.04
"""Part of the width that stays empty behind the last item when all of it is shown."""
ROOM = 0.6
"""Part of the width that can be scrolled to behind the last item."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of the timeline as it lies on the screen.

    `zoom` is pixels a second, `scroll` the seconds at the left edge, `width` what is visible, in pixels.
    """

    zoom: float
    scroll: float
    width: float

    @property
    def end(self) -> float:
        """Seconds at the right edge."""
        return self.scroll + self.width / self.zoom

    def x(self, time: float) -> float:
        """Where an instant lies, in pixels from the left edge; negative left of it."""
        return (time - self.scroll) * self.zoom

    def time(self, x: float) -> float:
        """The instant at a place, in seconds, never before 0."""
        return max(0.0, self.scroll + x / self.zoom)

    def seconds(self, pixels: float) -> float:
        """How long so many pixels last."""
        return pixels / self.zoom

    def zoomed(self, factor: float, x: float, duration: float) -> Axis:
        """Closer (`factor` above 1) or further away, with the instant at `x` staying where it is."""
        zoom = min(max(self.zoom * factor, self.furthest(duration)), NEAREST)
        return replace(self, zoom=zoom, scroll=max(0.0, self.scroll + x / self.zoom - x / zoom))

    def fitted(self, start: float, end: float) -> Axis:
        """With a stretch in view, the beginning of the timeline at the very edge."""
        length = max(end - start, 0.1)
        zoom = min(self.width * (1 - MARGIN) / length, NEAREST)
        lead = 0.0 if start <= 0 else self.width * MARGIN / 2 / zoom
        return replace(self, zoom=zoom, scroll=max(0.0, start - lead))

    def furthest(self, duration: float) -> float:
        """The smallest zoom: everything fills a third of the width."""
        return min(self.width / (3 * max(duration, 10.0)), NEAREST)

    def last_scroll(self, duration: float) -> float:
        """The largest scroll: there is room behind the last item to drag things to."""
        return max(0.0, duration - self.width * (1 - ROOM) / self.zoom)

    def showing(self, time: float) -> Axis:
        """With an instant in view, by turning the page where it is not."""
        if self.scroll <= time <= self.end:
            return self
        return replace(self, scroll=max(0.0, time - self.width * MARGIN / self.zoom))
