"""Faces of a clip at instants that jump about; what single frames of a dub are made with."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from talkface_studio.api.errors import FaceNotFoundError
from talkface_studio.api.values import CropLayout, FaceCrop, FaceObservation, FloatArray, VideoFrame
from talkface_studio.dubbing.picture import opaque_photo
from talkface_studio.faces.align import frame_crop
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.followed import Followed
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.model import find_landmarker
from talkface_studio.faces.people import People
from talkface_studio.faces.region import overlap
from talkface_studio.faces.select import choose_face, choose_observation
from talkface_studio.faces.smoothing import smooth_faces
from talkface_studio.faces.tracked import TrackedFrame
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.scrub import ScrubReader
from talkface_studio.media.video import VideoReader

NEIGHBOURS = (-0.08, -0.04, 0.0, 0.04, 0.08)
"""Seconds from an instant to the frames that its face is smoothed over: nearly all that a whole dub takes."""
SEARCH_REACH = 0.5
"""Seconds from a frame that was searched as a whole within which its faces are followed instead of searched again."""
SEARCH_LEVELS = 2
"""How closely a frame is searched; see `FaceDetector.search`."""
HELD_FACES = 400
"""Frames whose faces are held."""
HELD_REFERENCES = 4
_SAME_FACE = 0.4


@dataclass(frozen=True, slots=True)
class Instant:
    """A frame and the faces in it; `track` is the same for one person at all instants of an `Instants`."""

    frame: VideoFrame
    faces: tuple[FaceObservation, ...]

    def face(self, track: int) -> FaceObservation | None:
        """The face of this person, or None where it is not seen."""
        return next((face for face in self.faces if face.track == track), None)


class PhotoInstants:
    """A photo, at whatever instant. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """Read `path`.

        Raises:
            MediaError: the photo cannot be read.
        """
        self._frame = VideoFrame(opaque_photo(path), 0.0)
        self._faces: tuple[FaceObservation, ...] | None = None
        self._lock = Lock()

    def frame_at(self, time: float) -> VideoFrame:
        """The photo."""
        return replace(self._frame, time=time)

    def at(self, time: float) -> Instant:
        """The photo with its faces, the largest first."""
        with self._lock:
            if self._faces is None:
                with FaceDetector() as detector:
                    self._faces = detector.detect(self._frame.pixels)
        return Instant(self.frame_at(time), self._faces)

    def close(self) -> None:
        """Nothing to close."""


class Instants:
    """Frames and faces of one clip by time. Keeps decoded pictures, faces and networks; threads may share it.

    Persons are numbered from 0 in the order in which they were first looked at.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`.

        Raises:
            MediaError: the clip cannot be read.
            WeightsError: the face model is missing or damaged.
        """
        self.path = path
        self.reader = ScrubReader(path)
        self._people = People()
        self._known: OrderedDict[float, tuple[FaceObservation, ...]] = OrderedDict()
        self._searched: list[float] = []
        self._references: OrderedDict[tuple[object, ...], tuple[FaceCrop, ...]] = OrderedDict()
        self._chosen: dict[FaceChoice, FaceObservation] = {}
        self._lock = Lock()
        self._detector: FaceDetector | None = None
        self._landmarker: Landmarker | None = None

    def frame_at(self, time: float) -> VideoFrame:
        """The frame shown at `time`; does not wait for faces that another thread looks for.

        Raises:
            MediaError: the clip cannot be decoded.
        """
        return self.reader.frame_at(time)

    def at(self, time: float) -> Instant:
        """The frame shown at `time`, with its faces smoothed over their neighbours.

        Raises:
            MediaError: the clip cannot be decoded.
        """
        with self._lock:
            return self._at(time)

    def choose(self, choice: FaceChoice, start: float = 0.0) -> FaceObservation:
        """The chosen face where it was recognised.

        Only the frame that was pointed at is looked at, or, for an index, the first second with faces from `start` on.

        Raises:
            FaceNotFoundError: there is no such face; the message names those that there are.
        """
        with self._lock:
            if choice not in self._chosen:
                try:
                    self._chosen[choice] = self._choose(choice, start)
                except FaceNotFoundError as error:
                    raise FaceNotFoundError(f"{self.path}: {error}") from error
            return self._chosen[choice]

    def references(self, chosen: FaceObservation, layout: CropLayout, times: Sequence[float]) -> tuple[FaceCrop, ...]:
        """Crops of a person at these instants, where the person is seen; at least the one of `chosen`.

        Raises:
            FaceNotFoundError: the file has changed since the person was chosen.
        """
        key = (chosen.track, chosen.time, layout, *times)
        with self._lock:
            if key not in self._references:
                found = self._crops(chosen.track, layout, times) or self._crops(chosen.track, layout, (chosen.time,))
                if not found:
                    raise FaceNotFoundError(
                        f"{self.path}: the chosen face is not seen at {chosen.time:.2f} s any longer"
                    )
                self._references[key] = found
                while len(self._references) > HELD_REFERENCES:
                    self._references.popitem(last=False)
            return self._references[key]

    def _crops(self, track: int, layout: CropLayout, times: Sequence[float]) -> tuple[FaceCrop, ...]:
        crops = []
        # A second reader, because these jumps would push out of the first what the user looks at.
        with VideoReader(self.path) as reader:
            for time in times:
                frame = reader.frame_at(time)
                if frame.time not in self._known:
                    self._learn(frame, self._search(frame))
                seen = Instant(frame, self._known[frame.time])
                face = seen.face(track) or (seen.faces[0] if len(seen.faces) == 1 else None)
                if face is not None:
                    crops.append(frame_crop(frame, face, layout))
        return tuple(crops)

    def close(self) -> None:
        """Close the file and free the networks. Calling it twice is allowed."""
        with self._lock:
            self.reader.close()
            for network in (self._detector, self._landmarker):
                if network is not None:
                    network.close()
            self._detector = self._landmarker = None
            self._known.clear()

    def _choose(self, choice: FaceChoice, start: float) -> FaceObservation:
        if choice.point is not None:
            return choose_observation(self._at(choice.time).faces, choice)
        with VideoReader(self.path) as reader, FaceTracker() as tracker:
            found = choose_face(tracker.track(reader.frames(start)), choice)
        seen = self._at(found.time).faces
        return max(seen, key=lambda face: overlap(face.box, found.box), default=found)

    def _at(self, time: float) -> Instant:
        frames = self.reader.around(time, NEIGHBOURS)
        place = max((number for number, frame in enumerate(frames) if frame.time <= time), default=0)
        self._look(frames, place)
        tracked = [TrackedFrame(frame, self._known[frame.time]) for frame in frames]
        smooth = list(smooth_faces(tracked))[place]
        return Instant(smooth.frame, smooth.faces)

    def _look(self, frames: Sequence[VideoFrame], place: int) -> None:
        """Make the faces of these frames known, beginning at `place`."""
        wanted = frames[place]
        if wanted.time not in self._known:
            self._learn(wanted, self._near(wanted) or self._search(wanted))
        for run in (range(place - 1, -1, -1), range(place + 1, len(frames))):
            self._follow([frames[number] for number in run], self._known[wanted.time])

    def _near(self, frame: VideoFrame) -> tuple[FaceObservation, ...]:
        """The faces of the nearest known frame, found again in this one; nothing if that fails or is too far."""
        if not any(abs(time - frame.time) <= SEARCH_REACH for time in self._searched):
            return ()
        nearest = min(self._known, key=lambda time: abs(time - frame.time), default=None)
        if nearest is None or abs(nearest - frame.time) > SEARCH_REACH:
            return ()
        before = self._known[nearest]
        found = [self._found(face.landmarks, face.track, frame) for face in before]
        return tuple(face for face in found if face is not None) if None not in found else ()

    def _search(self, frame: VideoFrame) -> tuple[FaceObservation, ...]:
        if self._detector is None:
            self._detector = FaceDetector()
        insort(self._searched, frame.time)
        named: list[FaceObservation] = []
        for candidate in self._detector.search(frame.pixels, levels=SEARCH_LEVELS):
            # A second look, at full resolution; what it does not confirm was no face.
            found = self._found(candidate, -1, frame)
            if found is not None and all(overlap(found.box, other.box) <= _SAME_FACE for other in named):
                track = self._people.recognise(found.landmarks, {other.track for other in named})
                named.append(replace(found, track=track))
        return tuple(named)

    def _follow(self, frames: Sequence[VideoFrame], faces: tuple[FaceObservation, ...]) -> None:
        """Find faces of a frame in those next to it, which come in the order of their distance."""
        unknown = [frame for frame in frames if frame.time not in self._known]
        found: dict[float, list[FaceObservation]] = {frame.time: [] for frame in unknown}
        for face in faces if unknown else ():
            followed = Followed(self._network())
            followed.track = face.track
            followed.begin(face.landmarks, unknown[0])
            for number, frame in enumerate(unknown):
                if number:
                    followed.update(frame)
                if not followed.visible:
                    break
                found[frame.time].append(followed.observation)
        for frame in unknown:
            self._learn(frame, tuple(found[frame.time]))

    def _found(self, landmarks: FloatArray, track: int, frame: VideoFrame) -> FaceObservation | None:
        followed = Followed(self._network())
        followed.track = track
        followed.begin(landmarks, frame)
        return followed.observation if followed.visible else None

    def _network(self) -> Landmarker:
        if self._landmarker is None:
            self._landmarker = Landmarker(find_landmarker(None), following=True)
        return self._landmarker

    def _learn(self, frame: VideoFrame, faces: tuple[FaceObservation, ...]) -> None:
        # The network can give one face twice; it belongs to the person known for longer.
        kept: list[FaceObservation] = []
        for face in sorted(faces, key=lambda face: face.track):
            if all(overlap(face.box, other.box) <= _SAME_FACE for other in kept):
                kept.append(face)
        self._known[frame.time] = tuple(kept)
        while len(self._known) > HELD_FACES:
            gone, _ = self._known.popitem(last=False)
            self._searched = [time for time in self._searched if time != gone]
