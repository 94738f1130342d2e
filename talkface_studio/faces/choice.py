"""The words for a face of a clip, apart from the code that finds it: who only asks needs no OpenCV."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """A face of a clip: by `index`, or by the `point` (x, y in frame pixels) that it covers at `time` seconds.

    Index 0 is the largest face of the first second in which there are faces, 1 the second largest, and so on.
    """

    index: int = 0
    point: tuple[float, float] | None = None
    time: float = 0.0
