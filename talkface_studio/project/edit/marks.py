"""Edits of markers, in and out points, and export settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.settings import ExportSettings
from talkface_studio.project.document.timeline import Marker, MarkerColor, TimeRange
from talkface_studio.project.edit.edit import Edit, Title


def add_marker(marker: Marker) -> Edit:
    """Mark an instant."""
    return Edit(Title.ADD_MARKER, lambda document: _with_markers(document, (*document.markers, marker)))


def change_marker(
    marker_id: str, *, time: float | None = None, name: str | None = None, color: MarkerColor | None = None
) -> Edit:
    """Move, rename or recolour a marker; a drag becomes one step."""
    given = {key: value for key, value in (("time", time), ("name", name), ("color", color)) if value is not None}

    def apply(document: Document) -> Document:
        _find_markers(document, {marker_id})
        changes: dict[str, Any] = given
        return _with_markers(document, (replace(m, **changes) if m.id == marker_id else m for m in document.markers))

    return Edit(Title.CHANGE_MARKER, apply, ("marker", marker_id, tuple(given)))


def remove_markers(ids: Collection[str]) -> Edit:
    """Take markers away."""

    def apply(document: Document) -> Document:
        _find_markers(document, ids)
        return _with_markers(document, (marker for marker in document.markers if marker.id not in ids))

    return Edit(Title.REMOVE_MARKER, apply)


def set_range(start: float | None, end: float | None) -> Edit:
    """Set the in and out points; None takes one away. Dragging one of them is one step."""
    given = TimeRange(start=start, end=end)
    return Edit(Title.SET_RANGE, lambda document: replace(document, range=given), "range")


def set_export(settings: ExportSettings) -> Edit:
    """Change how the project is exported."""
    return Edit(Title.CHANGE_EXPORT, lambda document: replace(document, export=settings), "export")


def _with_markers(document: Document, markers: Iterable[Marker]) -> Document:
    return replace(document, markers=tuple(sorted(markers, key=lambda marker: marker.time)))


def _find_markers(document: Document, ids: Collection[str]) -> None:
    missing = set(ids) - {marker.id for marker in document.markers}
    if missing:
        raise ProjectError(f"there is no marker {min(missing)!r} in this project; it may have been deleted")
