"""Removes the jitter of landmarks without delaying them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FaceObservation, FloatArray
from talkface_studio.faces.align import STABLE, TEMPLATE, as_plane, fit_similarity
from talkface_studio.faces.region import box_move, box_size, face_box
from talkface_studio.faces.tracked import TrackedFrame

_JUMP = 0.3
"""A face that moves by more than this part of its size from one frame to the next was cut, and is not smoothed across.

At 25 frames a second this is more than one metre per second.
"""
_PLACES = 6
"""Digits behind the point of a second that weights depend on: the same ones wherever in a file a window lies."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Half widths, in seconds, of the window of the local fit.

    `head` is for position, size and tilt of the whole face, `lips` for what moves within it. At 25 frames a second
    the defaults keep 93 % of a lip motion of 5 Hz and 95 % of a head motion of 3 Hz.
    """

    head: float = 0.14
    lips: float = 0.09


def smooth_faces(frames: Iterable[TrackedFrame], smoothing: Smoothing | None = None) -> Iterator[TrackedFrame]:
    """The same frames with smoothed landmarks; each is held back until the frames of its window are there.

    Every face is split into the similarity of its stable points and the shape that is left. Both are fitted by a
    local quadratic in time (Savitzky & Golay, 1964, with tricube weights as in Cleveland, 1979, so that frame times
    may be irregular); the window is symmetric and shrinks at the ends of a track, which is why nothing is delayed.
    """
    widths = smoothing or Smoothing()
    reach = max(widths.head, widths.lips)
    past: deque[_Parts] = deque()
    ahead: deque[_Parts] = deque()
    last: _Parts | None = None
    for frame in frames:
        last = _Parts.of(frame, last)
        ahead.append(last)
        while ahead[-1].time > ahead[0].time + reach:
            yield _emit(past, ahead, widths)
    while ahead:
        yield _emit(past, ahead, widths)


def local_weights(times: NDArray[np.float64], time: float, width: float) -> NDArray[np.float64]:
    """Weights `(n,)` that give the quadratic fit at `time` of values known at `times` (seconds, increasing).

    Values farther than `width` get 0, those near it little. With fewer than four values inside, the nearest counts
    alone. The array is read-only.
    """
    return _weights(_around(times, time), width)


def _around(times: NDArray[np.float64], time: float) -> tuple[float, ...]:
    """Times counted from `time`."""
    return tuple(np.round(times - time, _PLACES).tolist())


@lru_cache(maxsize=256)
def _weights(around: tuple[float, ...], width: float) -> NDArray[np.float64]:
    """The same for times counted from the one that is fitted; of evenly spaced ones nearly all windows are alike."""
    times = np.array(around)
    # Symmetric, so that a steady motion is neither led nor trailed.
    width = min(width, max(-times[0], 0.0) + _slack(times), max(times[-1], 0.0) + _slack(times))
    distance = times / max(width, 1e-9)
    kernel = np.clip(1 - np.abs(distance) ** 3, 0, None) ** 3
    weights: NDArray[np.float64]
    if np.count_nonzero(kernel) < 4:
        weights = np.eye(1, len(times), int(np.abs(distance).argmin()))[0]
    else:
        powers = np.stack([np.ones_like(distance), distance, distance**2])
        weighted = powers * kernel
        weights = np.linalg.solve(weighted @ powers.T, np.array([1.0, 0.0, 0.0])) @ weighted
    weights.setflags(write=False)
    return weights


def _slack(times: NDArray[np.float64]) -> float:
    """Lets the outermost frame of a shrunken window still count a little."""
    return 0.25 * float(times[-1] - times[0]) / max(len(times) - 1, 1)


@dataclass(frozen=True, slots=True)
class _Pose:
    """A face as the similarity of its stable points and its shape, `(478, 3)` in outer-eye distances."""

    face: FaceObservation
    turn: complex
    origin: complex
    shape: FloatArray
    follows: bool
    """Whether it goes on from where its track was in the frame before."""

    @classmethod
    def of(cls, face: FaceObservation, before: _Pose | None) -> _Pose:
        points = face.landmarks
        turn, origin = fit_similarity(TEMPLATE, points[STABLE, :2].astype(np.float64))
        shape = _points((as_plane(points) - origin) / turn, points[:, 2] / abs(turn))
        return cls(face, turn, origin, shape, before is not None and not _jumped(before.face, face))


@dataclass(frozen=True, slots=True)
class _Parts:
    tracked: TrackedFrame
    poses: dict[int, _Pose]

    @classmethod
    def of(cls, tracked: TrackedFrame, before: _Parts | None) -> _Parts:
        known = before.poses if before is not None and before.tracked.shot == tracked.shot else {}
        return cls(tracked, {face.track: _Pose.of(face, known.get(face.track)) for face in tracked.faces})

    @property
    def time(self) -> float:
        return self.tracked.frame.time


def _emit(past: deque[_Parts], ahead: deque[_Parts], widths: Smoothing) -> TrackedFrame:
    reach = max(widths.head, widths.lips)
    now = ahead[0]
    faces = tuple(_smoothed(_run(past, ahead, track), pose, widths) for track, pose in now.poses.items())
    past.append(ahead.popleft())
    while past and past[0].time < now.time - 2 * reach:
        past.popleft()
    return replace(now.tracked, faces=faces)


def _run(past: deque[_Parts], ahead: deque[_Parts], track: int) -> deque[_Pose]:
    """A track around the first frame of `ahead`, in order, as far as it neither ends nor jumps."""
    run = deque([ahead[0].poses[track]])
    for earlier in reversed(past):
        if not run[0].follows:
            break
        run.appendleft(earlier.poses[track])
    for later in islice(ahead, 1, None):
        pose = later.poses.get(track)
        if pose is None or not pose.follows:
            break
        run.append(pose)
    return run


def _jumped(first: FaceObservation, second: FaceObservation) -> bool:
    return box_move(first.box, second.box) > _JUMP * max(box_size(first.box), box_size(second.box))


def _smoothed(run: Sequence[_Pose], pose: _Pose, widths: Smoothing) -> FaceObservation:
    around = _around(np.array([other.face.time for other in run]), pose.face.time)
    head = _weights(around, widths.head).tolist()
    lips = _weights(around, widths.lips).astype(np.float32)
    # NumPy's scalars, for which the products with the shape are made in double precision.
    turn = np.complex128(sum(weight * other.turn for weight, other in zip(head, run, strict=True)))
    origin = np.complex128(sum(weight * other.origin for weight, other in zip(head, run, strict=True)))
    shape = (lips @ np.array([other.shape for other in run]).reshape(len(run), -1)).reshape(-1, 3)
    landmarks = _points(as_plane(shape) * turn + origin, shape[:, 2] * abs(turn))
    return replace(pose.face, landmarks=landmarks, box=face_box(landmarks))


def _points(plane: NDArray[np.complexfloating], depth: NDArray[np.floating]) -> FloatArray:
    """Float32 `(n, 3)` of x and y, read as complex numbers `(n,)`, and z `(n,)`."""
    points = np.empty((len(plane), 3), np.float32)
    points[:, 0], points[:, 1], points[:, 2] = plane.real, plane.imag, depth
    return points
