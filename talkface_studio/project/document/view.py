"""How the user looks at a project: it travels in the file, and is no part of what can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from talkface_studio.project.document.value import Value


@dataclass(frozen=True, kw_only=True, slots=True)
class View(Value):
    """Where the user is."""

    playhead: float = 0.0
    """Seconds."""
    zoom: float = 100.0
    """Pixels a second of the timeline, at a text scale of 100 %."""
    scroll: float = 0.0
    """Seconds at the left edge of the timeline."""
