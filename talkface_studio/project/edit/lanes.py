"""Edits of the voice lanes."""

from __future__ import annotations

from dataclasses import replace

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import Lane
from talkface_studio.project.edit.edit import Edit, Title


def add_lane(lane: Lane) -> Edit:
    """Put a voice lane under the others."""
    return Edit(Title.ADD_LANE, lambda document: replace(document, lanes=(*document.lanes, lane)))


def remove_lane(lane_id: str) -> Edit:
    """Take a voice lane away, with its segments."""

    def apply(document: Document) -> Document:
        document.lane(lane_id)
        return replace(
            document,
            lanes=tuple(lane for lane in document.lanes if lane.id != lane_id),
            segments=tuple(segment for segment in document.segments if segment.lane != lane_id),
        )

    return Edit(Title.REMOVE_LANE, apply)


def change_lane(lane_id: str, *, name: str | None = None, muted: bool | None = None) -> Edit:
    """Rename a lane, or mute or unmute all of it."""

    def changed(lane: Lane) -> Lane:
        return replace(lane, name=lane.name if name is None else name, muted=lane.muted if muted is None else muted)

    def apply(document: Document) -> Document:
        document.lane(lane_id)
        return replace(document, lanes=tuple(changed(lane) if lane.id == lane_id else lane for lane in document.lanes))

    return Edit(Title.CHANGE_LANE, apply)


def move_lane(lane_id: str, index: int) -> Edit:
    """Put a lane in another place among the lanes, 0 being the topmost."""

    def apply(document: Document) -> Document:
        lane = document.lane(lane_id)
        if not 0 <= index < len(document.lanes):
            raise ProjectError(f"there is no place {index} among {len(document.lanes)} voice lanes")
        others = [other for other in document.lanes if other.id != lane_id]
        return replace(document, lanes=(*others[:index], lane, *others[index:]))

    return Edit(Title.MOVE_LANE, apply)
