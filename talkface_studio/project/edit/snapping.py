"""What a dragged edge snaps to; pure functions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from talkface_studio.project.document.document import Document

SnapKind = Literal["begin", "edge", "marker", "range", "playhead"]


@dataclass(frozen=True, order=True, slots=True)
class SnapPoint:
    """An instant worth snapping to, in seconds, and what is there; `id` is empty for what has none."""

    time: float
    kind: SnapKind
    id: str = ""


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a drag lands: move by `shift` seconds more, and an edge lies on `point`."""

    shift: float
    point: SnapPoint


def snap_points(
    document: Document, *, playhead: float | None = None, without: Collection[str] = ()
) -> tuple[SnapPoint, ...]:
    """All instants to snap to, in the order of time: edges, markers, in and out, playhead and 0.

    Ask once when a drag begins, `without` the ids that are dragged.
    """
    points = {SnapPoint(0.0, "begin")}
    for item in document.items:
        if item.id not in without:
            points |= {SnapPoint(item.start, "edge", item.id), SnapPoint(item.end, "edge", item.id)}
    points |= {SnapPoint(marker.time, "marker", marker.id) for marker in document.markers if marker.id not in without}
    points |= {SnapPoint(t, "range") for t in (document.range.start, document.range.end) if t is not None}
    if playhead is not None:
        points.add(SnapPoint(playhead, "playhead"))
    return tuple(sorted(points))


def snap(edges: Sequence[float], points: Sequence[SnapPoint], tolerance: float) -> Snap | None:
    """The smallest shift that lays one of the dragged `edges` (seconds) on a point, if it is within `tolerance`.

    Args:
        edges: where the edges are without snapping; one for a trim, the first and the last for a move.
        points: from `snap_points`, in the order of time.
        tolerance: seconds; a view divides its pixels by its zoom.
    """
    best: Snap | None = None
    for edge in edges:
        index = bisect_left(points, edge, key=lambda point: point.time)
        for point in points[max(index - 1, 0) : index + 1]:
            shift = point.time - edge
            if abs(shift) <= tolerance and (best is None or abs(shift) < abs(best.shift)):
                best = Snap(shift, point)
    return best
