"""Where the frames of a dub come from, and which face of them is dubbed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import chain, combinations, dropwhile, product
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import FaceNotFoundError, MediaError
from talkface_studio.api.generator import Face
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import ByteArray, FaceCrop, FaceObservation, VideoFrame
from talkface_studio.dubbing.canvas import head_and_shoulders
from talkface_studio.dubbing.cast import Role, same_face_error
from talkface_studio.dubbing.faces import ClipFace, FacedFrame, PhotoFace
from talkface_studio.dubbing.fingerprint import fingerprint
from talkface_studio.dubbing.references import reference_crops, spread
from talkface_studio.dubbing.request import Canvas, DubRequest
from talkface_studio.dubbing.track_cache import TrackFile
from talkface_studio.faces.align import crop_face, frame_crop
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.faces.cut import cut_crop
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.region import Box
from talkface_studio.faces.select import choose_face, choose_observation
from talkface_studio.faces.tracked import TrackedFrame
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.fit import fitted_frames
from talkface_studio.media.fit_mode import Fit
from talkface_studio.media.photo import read_photo
from talkface_studio.media.probe import VideoInfo
from talkface_studio.media.video import VideoReader

ROUNDING = 1e-6
"""Seconds; sums of decimal seconds differ by less."""
PHOTO_RATE = 25
LARGEST_PHOTO = 3840
"""Longest side of a photo's video in pixels; larger photos are reduced, because players refuse such video."""


class Picture(Protocol):
    """The frames of a job: a photo or a clip."""

    settings: VideoSettings
    face: Face | None
    origin: float
    """Where in the file the output begins, in seconds."""

    def frames(self, behind: float = -math.inf, index: int = 0) -> Iterator[VideoFrame]:
        """The frames of the output later than `behind`, before dubbing; the first of them is number `index`."""

    def faced(self, frames: Iterable[VideoFrame]) -> Iterator[FacedFrame]:
        """The same frames with the crop of the chosen face."""

    def offer(self, crop: FaceCrop) -> None:
        """Make a crop available to the generator."""

    def close(self) -> None:
        """Close files and detectors."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the result says of the face that was dubbed."""

    track: int
    box: Box

    def document(self) -> dict[str, object]:
        """As plain data: the face's number and its box in pixels where it was recognised."""
        return {"track": self.track, "box": [round(value, 1) for value in self.box]}


class PhotoPicture:
    """A photo, for as long as the speech lasts, at 25 frames a second.

    Raises:
        MediaError: the photo cannot be read.
        FaceNotFoundError: it shows no face, or not the one asked for.
    """

    def __init__(
        self, path: Path, choice: FaceChoice, card: ModelCard, duration: float, *, canvas: Canvas = "photo"
    ) -> None:
        pixels = opaque_photo(path)
        self.origin = 0.0
        self._count = max(math.ceil(duration * PHOTO_RATE - 1e-6), 1)
        with closing(FaceDetector()) as detector:
            try:
                found = choose_observation(detector.detect(pixels), choice)
            except FaceNotFoundError as error:
                raise FaceNotFoundError(f"{path}: {error}") from error
        self.chosen = Chosen(found.track, found.box)
        self.cast = (self.chosen,)
        if canvas == "head":
            pixels, found = head_and_shoulders(pixels, found)
        self._pixels = pixels
        if card.region == "crop":
            self._crop = cut_crop(pixels, found, card.crop)
        else:
            self._crop = crop_face(pixels, found, card.crop.layout_for(eye_distance(found.landmarks)))
        self.face = PhotoFace(self._crop)
        self.faces: tuple[PhotoFace | ClipFace, ...] = (self.face,)
        height, width = pixels.shape[:2]
        self.settings = still_settings(width, height)
        self.total = self._count

    def frames(self, behind: float = -math.inf, index: int = 0) -> Iterator[VideoFrame]:  # noqa: ARG002
        """The photo again and again; all frames share its pixels. See `Picture.frames`."""
        for number in range(index, self._count):
            yield VideoFrame(self._pixels, number / PHOTO_RATE, number, number, Fraction(1, PHOTO_RATE))

    def faced(self, frames: Iterable[VideoFrame]) -> Iterator[FacedFrame]:
        """Each frame with the photo's crop."""
        for frame in frames:
            yield FacedFrame(frame, replace(self._crop, time=frame.time))

    def frame_at(self, time: float) -> FacedFrame:
        """The photo at this instant.

        Raises:
            MediaError: the speech is not that long.
        """
        check_instant(time, self._count / PHOTO_RATE)
        index = min(int(time * PHOTO_RATE + 1e-6), self._count - 1)
        return next(self.faced([VideoFrame(self._pixels, index / PHOTO_RATE, index)]))

    def offer(self, crop: FaceCrop) -> None:
        """Nothing to do: the generator has the crop."""

    def close(self) -> None:
        """Nothing to close."""


def still_settings(width: int, height: int) -> VideoSettings:
    """Of a video that is made without another one."""
    return VideoSettings(
        width=width,
        height=height,
        frame_rate=Fraction(PHOTO_RATE),
        time_base=Fraction(1, PHOTO_RATE * 512),
        color_range="tv",
        color_primaries="bt709",
        color_transfer="bt709",
        color_space="bt709",
        variable=False,
    )


class ClipPicture:
    """A clip, trimmed or made to last by `fit`, with the faces of its roles tracked. Its frames keep the file's times.

    The face chosen by default is followed even where its track breaks, as long as it is the only face in the frame. One
    that was chosen by hand, or has a part in a plan, is dubbed only where it is known to be the same.

    Raises:
        MediaError: the clip cannot be read.
        FaceNotFoundError: it shows no face, or not the one asked for.
    """

    def __init__(
        self, path: Path, roles: Sequence[Role], request: DubRequest, tracks: TrackFile, duration: float
    ) -> None:
        self._reader = VideoReader(path)
        # One for all passes: each would load the same networks again.
        self._tracker = FaceTracker()
        try:
            self._roles = roles
            self._fit: Fit = request.fit
            self.origin = self._reader.frame_at(request.trim_start).time if request.trim_start else 0.0
            self._stop = math.inf if request.trim_end is None else request.trim_end - ROUNDING
            self._duration = duration
            self._tracks = tracks
            self._end = max(role.end for role in roles)
            found = self._choose(path)
            self.cast = tuple(Chosen(each.track, each.box) for each in found)
            self.chosen = self.cast[0]
            self._layouts = [
                role.card.crop.layout_for(eye_distance(face.landmarks)) for role, face in zip(roles, found, strict=True)
            ]
            faces = tuple(map(self._face, range(len(roles)), found))
            self._reader.rest()
            self.face = faces[0]
            self.faces: tuple[PhotoFace | ClipFace, ...] = faces
            info: VideoInfo = self._reader.info
            self.settings = VideoSettings.like(info)
            longest = duration if self._fit != "cut" else 0.0
            lasts = min(max(self._reader.duration, longest), self._stop) - self.origin
            self.total = math.ceil(lasts * float(info.frame_rate) - ROUNDING)
        except BaseException:
            self.close()
            raise

    @property
    def _tracked_from(self) -> float:
        return tracked_from(self._roles)

    def _choose(self, path: Path) -> list[FaceObservation]:
        found: list[FaceObservation] = []
        for role in self._roles:
            with closing(self._tracker.track(self._reader.frames(self._tracked_from), self._tracks)) as frames:
                try:
                    found.append(choose_face(frames, role.face_choice))
                except FaceNotFoundError as error:
                    raise FaceNotFoundError(f"{path}: {error}") from error
        for one, other in combinations(zip(self._roles, found, strict=True), 2):
            if one[1].track == other[1].track:
                for first, second in product(one[0].lines, other[0].lines):
                    if first.meets(second):
                        raise same_face_error(path, first, second)
        return found

    def _face(self, number: int, chosen: FaceObservation) -> ClipFace:
        role, layout = self._roles[number], self._layouts[number]
        times = spread(role.start, min(role.end, self._reader.duration), role.card.references_for(role.options.values))
        key = fingerprint({"times": times, "layout": asdict(layout), "person": chosen.landmarks.tobytes().hex()})

        def cut() -> tuple[FaceCrop, ...]:
            return tuple(
                reference_crops(self._reader, self._tracker.detector, chosen, layout, times, tracks=self._tracks)
            )

        crops = self._tracks.crops(key, layout, cut)
        return ClipFace(crops or (frame_crop(self._reader.frame_at(chosen.time), chosen, layout),))

    def frames(self, behind: float = -math.inf, index: int = 0) -> Iterator[VideoFrame]:
        """The clip's frames, and with a fit other than "cut" more of them while the speech lasts.

        With `behind`, only those later than it, the first of which is number `index`, and before them, with a negative
        number, as many as tracking needs to go on from what it knows.
        """
        if self.origin:
            behind = max(behind, math.nextafter(self.origin, -math.inf))
        known = self._tracks.until if self._tracked_from <= behind < self._end else behind
        begin = max(min(behind, known), self._tracked_from if known < behind else 0.0, 0.0)
        for number, frame in enumerate(self._frames(begin)):
            if frame.time >= self._stop:
                return
            if frame.time > behind:
                yield replace(frame, index=index)
                index += 1
            elif frame.time > known:
                yield replace(frame, index=-1 - number)

    def _frames(self, start: float) -> Iterator[VideoFrame]:
        own = self._reader.duration
        if self._fit == "cut" or self._duration <= own:
            return self._reader.frames(start)
        return dropwhile(lambda frame: frame.time < start, fitted_frames(self._reader, self._duration, self._fit))

    def faced(self, frames: Iterable[VideoFrame]) -> Iterator[FacedFrame]:
        """Each frame of the output, with the crops of the chosen faces where they are seen and to be dubbed."""
        source = iter(frames)
        first = next(source, None)
        while first is not None and first.time < self._tracked_from:
            yield FacedFrame(first, None, in_range=False)
            first = next(source, None)
        behind: list[VideoFrame] = []
        if first is not None:
            for tracked in self._tracker.track(_until(first, source, self._end, behind), self._tracks):
                if tracked.frame.index >= 0:
                    yield self._faced(tracked)
        for frame in chain(behind, source):
            yield FacedFrame(frame, None, in_range=False)

    def _faced(self, tracked: TrackedFrame) -> FacedFrame:
        crops: list[FaceCrop | None] = []
        for role, chosen, layout in zip(self._roles, self.cast, self._layouts, strict=True):
            found = None
            if role.speaks_at(tracked.frame.time):
                found = tracked.face(chosen.track) or self._only(tracked.faces)
            crops.append(None if found is None else frame_crop(tracked.frame, found, layout))
        in_range = any(role.speaks_at(tracked.frame.time) for role in self._roles)
        return FacedFrame(tracked.frame, crops[0], in_range, tuple(crops[1:]))

    def _only(self, faces: tuple[FaceObservation, ...]) -> FaceObservation | None:
        choice = self._roles[0].face_choice
        by_default = len(self._roles) == 1 and choice.point is None and choice.index == 0
        return faces[0] if by_default and len(faces) == 1 else None

    def offer(self, crop: FaceCrop) -> None:
        """Make a crop available to the generator."""
        self.face.offer(crop)

    def close(self) -> None:
        """Close the file and free the networks."""
        self._reader.close()
        self._tracker.close()


def tracked_from(roles: Sequence[Role]) -> float:
    """Where tracking begins, in seconds: tracks are numbered as they appear, so that every pass begins here."""
    points = [role.face_choice.time for role in roles if role.face_choice.point is not None]
    return min(role.start for role in roles) if not points else min(*points, *(role.start for role in roles))


def check_instant(time: float, duration: float) -> None:
    """Refuse an instant outside an output of this duration.

    Raises:
        MediaError: `time` is negative, not a number, or behind the end.
    """
    if not (math.isfinite(time) and 0 <= time < duration):
        raise MediaError(f"there is no frame at {time:g} s; the output lasts {duration:.2f} s")


def _until(
    first: VideoFrame, source: Iterator[VideoFrame], end: float, behind: list[VideoFrame]
) -> Iterator[VideoFrame]:
    """`first` and what follows it before `end`; the first frame that is too late goes into `behind`."""
    frame: VideoFrame | None = first
    while frame is not None:
        if frame.time >= end:
            behind.append(frame)
            return
        yield frame
        frame = next(source, None)


def opaque_photo(path: Path) -> ByteArray:
    """A photo as it is dubbed, uint8 RGB `(H, W, 3)`: transparency shows white, and too large ones are reduced.

    Raises:
        MediaError: the photo cannot be read.
    """
    photo = read_photo(path)
    pixels = photo.pixels
    if photo.alpha is not None:
        share = photo.alpha[..., None].astype(np.float32) / 255
        pixels = np.round(pixels * share + 255 * (1 - share)).astype(np.uint8)
    scale = LARGEST_PHOTO / max(pixels.shape[:2])
    if scale < 1:
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(pixels)
