"""The one frame of a clip that is shown at an instant of its dub, with the crop of the face to dub."""

from __future__ import annotations

import math
from dataclasses import replace

from talkface_studio.api.card import ModelCard
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import FaceCrop, FaceObservation
from talkface_studio.dubbing.faces import ClipFace, FacedFrame
from talkface_studio.dubbing.instants import Instant, Instants
from talkface_studio.dubbing.picture import check_instant
from talkface_studio.dubbing.references import spread
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.faces.align import frame_crop
from talkface_studio.faces.identity import place_distance
from talkface_studio.media.fit import ClipTimes, source_time


class ClipStill:
    """A clip whose frames are asked for one by one; see `dubbing.picture.ClipPicture` for the whole."""

    def __init__(
        self, instants: Instants, request: DubRequest, card: ModelCard, duration: float, *, references: int
    ) -> None:
        """Find the chosen face and so many crops of it; `duration` is the speech's, in seconds.

        Raises:
            FaceNotFoundError: there is no such face.
        """
        self._instants, self._request, self._duration = instants, request, duration
        self._start = request.start or 0.0
        self._end = math.inf if request.end is None else request.end
        self._chosen = instants.choose(request.face_choice, self._start)
        self._layout = card.crop.layout_for(eye_distance(self._chosen.landmarks))
        end = min(self._end, instants.reader.duration)
        times = spread(self._start, end, references)
        self.face = ClipFace(instants.references(self._chosen, self._layout, times))

    def frame_at(self, time: float) -> FacedFrame:
        """The frame that is shown at `time` seconds of the output.

        Raises:
            MediaError: the output is not that long.
        """
        own, fit = self._instants.reader.duration, self._request.fit
        check_instant(time, own if fit == "cut" else max(own, self._duration))
        source = time if time < own else source_time(time, fit, self._times())
        found = self._instants.at(source)
        if time >= own:
            found = Instant(replace(found.frame, time=time, pts=None, time_base=None), found.faces)
        if not self._start <= found.frame.time < self._end:
            return FacedFrame(found.frame, None, in_range=False)
        face = found.face(self._chosen.track) or self._nearest(found.faces)
        if face is None:
            return FacedFrame(found.frame, None)
        return FacedFrame(found.frame, replace(frame_crop(found.frame, face, self._layout), time=found.frame.time))

    def offer(self, crop: FaceCrop) -> None:
        """Make a crop available to the generator."""
        self.face.offer(crop)

    def _times(self) -> ClipTimes:
        reader = self._instants.reader
        first, last = reader.frame_at(0.0).time, reader.frame_at(reader.duration).time
        return ClipTimes.of(first, last, reader.duration, reader.info.frame_rate)

    def _nearest(self, faces: tuple[FaceObservation, ...]) -> FaceObservation | None:
        """A person who turned far may be taken for a new one: who is alone, or in the old place, is the same."""
        if len(faces) < 2:
            return faces[0] if faces else None
        best = min(faces, key=lambda face: place_distance(face.box, self._chosen.box))
        return best if place_distance(best.box, self._chosen.box) <= 1 else None
