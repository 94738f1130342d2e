"""Follows every face of a clip, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from talkface_studio.api.values import FaceObservation, FloatArray, VideoFrame
from talkface_studio.faces.between import Pace
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.followed import Followed
from talkface_studio.faces.gaps import bridge_gaps
from talkface_studio.faces.identity import Roll
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.memory import Sighting, TrackerState, TrackMemory
from talkface_studio.faces.model import find_landmarker
from talkface_studio.faces.region import face_box, overlap
from talkface_studio.faces.shots import WATCHED, ShotWatch
from talkface_studio.faces.smoothing import Smoothing, smooth_faces
from talkface_studio.faces.tracked import TrackedFrame

__all__ = ["FaceTracker", "TrackedFrame"]

TRACKER_VERSION = 5
"""Rises with every change after which a clip is tracked differently."""

_UNSEEN = -1
_NO_PIXELS = np.zeros((1, 1, 3), np.uint8)

_SEARCH_EVERY = 0.5
"""Seconds between searches of the whole picture for faces that are not followed yet."""

_SEARCH_CLOSELY_EVERY = 2.0
"""Seconds between searches for small faces while another one is seen."""

_WATCH = 1.0
"""Seconds for which the place where a face was lost is watched for it."""

_SAME_FACE = 0.5

_RENEW_EVERY = 4.0
"""Seconds after which faces are found anew, so that tracking can go on from there without what lies before."""

_RENEW_AGAIN = 0.5
"""Seconds after which this is tried again where a face can be followed but not be found."""

_CONTEXT = 2.0
"""Seconds of sightings that bridging and smoothing get to know before the first frame; they look less far back."""


class FaceTracker:
    """Finds the faces of a clip and follows each in a region of its own.

    A region is twice the size of its face, so that a small face in a large picture gets the network's full
    resolution and the cost does not depend on the size of the picture. The whole picture is searched at the start, at
    scene cuts, when a face was lost, and twice a second. Where faces hardly move, one or two frames in a row are not
    looked at: there faces are between where their neighbours show them.
    """

    def __init__(
        self,
        *,
        max_faces: int = 4,
        model: Path | None = None,
        longest_gap: float = 0.4,
        smoothing: Smoothing | None = None,
        skipped: int = 2,
    ) -> None:
        """Find the model; networks are loaded when they are first used. `max_faces` are followed at a time.

        `longest_gap` is in seconds (see `bridge_gaps`); `smoothing` defaults to `Smoothing()`; at most `skipped` frames
        in a row are not looked at, 0 to 2.

        Raises:
            WeightsError: the model is missing or damaged; see `find_landmarker`.
        """
        self._max_faces = max_faces
        self._model = find_landmarker(model)
        self._longest_gap = longest_gap
        self._smoothing = smoothing or Smoothing()
        self._skipped = skipped
        self._detector = FaceDetector(max_faces=max_faces, model=self._model)
        self._idle: list[Landmarker] = []
        self._busy: list[Landmarker] = []

    @property
    def detector(self) -> FaceDetector:
        """What it searches pictures with, for other use while it does not track."""
        return self._detector

    def track(
        self, frames: Iterable[VideoFrame], memory: TrackMemory | None = None
    ) -> Generator[TrackedFrame, None, None]:
        """Every frame once, in order, with its faces; tracks are numbered from 0 in each run.

        Short gaps are bridged and landmarks smoothed, for which a frame is held back by about half a second at most.
        Only one run at a time. Frames that `memory` knows are not looked at, and it learns those that it does not know;
        the frames may begin anywhere up to the first one that it does not know, and the result is the same as if
        all had been looked at from the start.
        """
        seen = self._observe(iter(frames), None, None) if memory is None else self._remember(iter(frames), memory)
        for tracked in smooth_faces(bridge_gaps(seen, longest=self._longest_gap), self._smoothing):
            if tracked.frame.index != _UNSEEN:
                yield tracked

    def _remember(self, frames: Iterator[VideoFrame], memory: TrackMemory) -> Iterator[TrackedFrame]:
        """The frames with what the memory knows of them, and from the first unknown one on with what is seen."""
        frame = next(frames, None)
        if frame is None:
            return
        known = memory.sightings(frame.time - _CONTEXT)
        for sighting in known:
            if sighting.time < frame.time:
                yield TrackedFrame(VideoFrame(_NO_PIXELS, sighting.time, _UNSEEN), sighting.faces, sighting.shot)
                continue
            while frame is not None and frame.time < sighting.time:
                # A damaged file may give more frames where decoding began elsewhere.
                yield TrackedFrame(frame, (), sighting.shot)
                frame = next(frames, None)
            if frame is not None:
                yield TrackedFrame(frame, sighting.faces, sighting.shot)
                frame = next(frames, None)
            if frame is None:
                return
        yield from self._observe(chain([frame], frames), memory.state, memory)

    def _observe(
        self, frames: Iterable[VideoFrame], state: TrackerState | None, memory: TrackMemory | None
    ) -> Iterator[TrackedFrame]:
        roll = Roll(state.persons if state else ())
        watch = ShotWatch(state.thumbnail if state else None)
        search = _Schedule(state)
        shot = state.shot if state else 0
        followed = [Followed.restored(each, self._landmarker()) for each in state.followed] if state else []
        renewal: float | None = None if state is None else -math.inf
        new: list[Sighting] = []
        pace = Pace(self._skipped)

        def note(seen: Sequence[TrackedFrame]) -> Sequence[TrackedFrame]:
            if memory is not None:
                new.extend(Sighting(each.frame.time, each.faces, each.shot) for each in seen)
            return seen

        try:
            for frame in frames:
                if renewal is None:
                    renewal = frame.time + _RENEW_EVERY
                elif frame.time >= renewal and not pace.left_out:
                    pace.restart()
                    renewed = self._renew(followed, frame)
                    renewal = frame.time + (_RENEW_EVERY if renewed else _RENEW_AGAIN)
                    if renewed and new and memory is not None:
                        memory.add(new, _state(shot, watch, search, followed, roll))
                        new = []
                cut = watch.is_cut(frame.thumbnail(WATCHED))
                if not cut and pace.leaves_out(frame):
                    continue
                if cut:
                    yield from note(pace.rest(shot, _there(followed, pace, ())))
                    shot += 1
                    roll.new_shot()
                    followed = self._release(followed)
                    search.restart()
                followed, faces = self._look(followed, frame, roll, search)
                yield from note(pace.looked(frame, faces, shot, _there(followed, pace, faces)))
            yield from note(pace.rest(shot, _there(followed, pace, ())))
            if new and memory is not None:
                memory.add(new, None)
        finally:
            self._release(followed)

    def _look(
        self, followed: list[Followed], frame: VideoFrame, roll: Roll, search: _Schedule
    ) -> tuple[list[Followed], tuple[FaceObservation, ...]]:
        """Look at a frame: who is followed from there on, and the faces in it."""
        lost = self._update(followed, frame)
        unseen = not any(face.seen_at(frame.time) for face in followed)
        levels = search.levels(frame.time, unseen=unseen, lost=lost)
        if levels is not None:
            self._discover(followed, frame, roll, levels)
        followed = self._drop(followed, frame.time)
        faces = [face.observation for face in followed if face.seen_at(frame.time)]
        for face in faces:
            roll.saw(face)
        return followed, tuple(sorted(faces, key=lambda face: face.track))

    def _renew(self, followed: list[Followed], frame: VideoFrame) -> bool:
        """Give every face a network that knows nothing of what was before; False, and no change, where one fails."""
        fresh: list[tuple[Followed, Landmarker]] = []
        for face in followed:
            if face.visible:
                fresh.append((face, self._landmarker()))
                if not face.found_by(fresh[-1][1], frame):
                    self._retire([landmarker for _, landmarker in fresh])
                    return False
        for face, landmarker in fresh:
            self._retire([face.landmarker])
            face.landmarker = landmarker
        for face in followed:
            if not face.visible:
                face.landmarker.forget()
        return True

    def _update(self, followed: list[Followed], frame: VideoFrame) -> bool:
        """Look for each followed face in its region; says whether one was lost just now."""
        lost = False
        for face in followed:
            was_seen = face.visible
            face.update(frame)
            lost |= was_seen and not face.visible
        for face in followed:
            # Two regions can end up on one face; it belongs to the one that has known it for longer.
            elders = [other for other in followed if other.visible and other.track < face.track]
            if face.visible and any(_same(face.landmarks, elder.landmarks) for elder in elders):
                face.lose()
        return lost

    def _discover(self, followed: list[Followed], frame: VideoFrame, roll: Roll, levels: int) -> None:
        """Search the picture for faces that are not followed; found ones are added to `followed`."""
        known = [face_box(face.landmarks) for face in followed if face.visible]
        for candidate in self._detector.search(frame.pixels, levels=levels, without=known):
            visible = [face for face in followed if face.visible]
            if len(visible) >= self._max_faces:
                return
            if any(_same(face.landmarks, candidate) for face in visible):
                continue
            missing = [face for face in followed if not face.visible and face.resembles(candidate)]
            if missing:
                min(missing, key=lambda face: face.distance(candidate)).begin(candidate, frame)
            else:
                self._add(followed, candidate, frame, roll)

    def _add(self, followed: list[Followed], candidate: FloatArray, frame: VideoFrame, roll: Roll) -> None:
        face = Followed(self._landmarker())
        face.begin(candidate, frame)
        if not face.visible:
            # A second look, at full resolution, does not confirm it.
            self._release([face])
            return
        face.track = roll.recognise(face.landmarks, {other.track for other in followed if other.visible})
        # Who is found somewhere else need not be watched for any longer, nor those for whom there is no room.
        gone = [other for other in followed if other.track == face.track]
        waiting = sorted((other for other in followed if not other.visible), key=lambda other: other.last_time)
        gone += waiting[: max(0, len(followed) - len(gone) + 1 - self._max_faces)]
        self._release([other for other in followed if other in gone])
        followed[:] = [*(other for other in followed if other not in gone), face]

    def _drop(self, followed: list[Followed], time: float) -> list[Followed]:
        kept = [face for face in followed if face.visible or time - face.last_time <= _WATCH]
        self._release([face for face in followed if face not in kept])
        return kept

    def _landmarker(self) -> Landmarker:
        landmarker = self._idle.pop() if self._idle else Landmarker(self._model, following=True)
        self._busy.append(landmarker)
        return landmarker

    def _release(self, followed: list[Followed]) -> list[Followed]:
        self._retire([face.landmarker for face in followed])
        return []

    def _retire(self, landmarkers: list[Landmarker]) -> None:
        for landmarker in landmarkers:
            self._busy.remove(landmarker)
            self._idle.append(landmarker)

    def close(self) -> None:
        """Free the networks. Calling it twice is allowed."""
        self._detector.close()
        for landmarker in (*self._idle, *self._busy):
            landmarker.close()
        self._idle.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Schedule:
    """When the whole picture is searched, and how closely."""

    def __init__(self, state: TrackerState | None = None) -> None:
        self.next = state.search if state else -math.inf
        self.next_closely = state.search_closely if state else -math.inf

    def restart(self) -> None:
        """Search closely next."""
        self.next = self.next_closely = -math.inf

    def levels(self, time: float, *, unseen: bool, lost: bool) -> int | None:
        """How many levels of tiles to search in the frame at `time`; None for no search.

        `unseen` says that no face is seen, `lost` that one was in the frame before.
        """
        due = time >= self.next
        if due:
            self.next = time + _SEARCH_EVERY
        if due and (unseen or time >= self.next_closely):
            self.next_closely = time + _SEARCH_CLOSELY_EVERY
            return 2 if unseen else 1
        return 0 if due or unseen or lost else None


def _state(shot: int, watch: ShotWatch, search: _Schedule, followed: list[Followed], roll: Roll) -> TrackerState:
    faces = tuple(face.state for face in followed)
    return TrackerState(shot, watch.last, search.next, search.next_closely, faces, roll.state)


def _there(followed: list[Followed], pace: Pace, faces: Sequence[FaceObservation]) -> list[set[int]]:
    """Which faces that are not among these, or no longer, are in each of the frames that were left out."""
    missing = pace.missing(faces)
    lost = [face for face in followed if face.track in missing]
    return [{face.track for face in lost if face.found_by(face.landmarker, frame)} for frame in pace.left_out]


def _same(first: FloatArray, second: FloatArray) -> bool:
    return overlap(face_box(first), face_box(second)) > _SAME_FACE
