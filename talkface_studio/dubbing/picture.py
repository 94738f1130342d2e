"""Where the frames of a dub come from, and which face of them is dubbed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from talkface_studio.api.card import CropSpec
from talkface_studio.api.errors import FaceNotFoundError, MediaError
from talkface_studio.api.generator import Face
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import ByteArray, CropLayout, FaceCrop, FaceObservation, VideoFrame
from talkface_studio.dubbing.faces import ClipFace, FacedFrame, PhotoFace
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.region import Box
from talkface_studio.faces.select import choose_face, choose_observation
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.fit import fitted_frames
from talkface_studio.media.photo import read_photo
from talkface_studio.media.probe import VideoInfo
from talkface_studio.media.video import VideoReader

PHOTO_RATE = 25
LARGEST_PHOTO = 3840
"""Longest side of a photo's video in pixels; larger photos are reduced, because players refuse such video."""


class Picture(Protocol):
    """The frames of a job: a photo or a clip."""

    settings: VideoSettings
    face: Face

    def frames(self) -> Iterator[VideoFrame]:
        """Every frame of the output, before dubbing."""

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

    def __init__(self, path: Path, choice: FaceChoice, crop: CropSpec, duration: float) -> None:
        pixels = opaque_photo(path)
        self._pixels = pixels
        self._count = max(math.ceil(duration * PHOTO_RATE - 1e-6), 1)
        with closing(FaceDetector()) as detector:
            try:
                found = choose_observation(detector.detect(pixels), choice)
            except FaceNotFoundError as error:
                raise FaceNotFoundError(f"{path}: {error}") from error
        self.chosen = Chosen(found.track, found.box)
        self._crop = crop_face(pixels, found, crop.layout_for(eye_distance(found.landmarks)))
        self.face = PhotoFace(self._crop)
        height, width = pixels.shape[:2]
        self.settings = VideoSettings(
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
        self.total = self._count

    def frames(self) -> Iterator[VideoFrame]:
        """The photo again and again; all frames share its pixels."""
        for index in range(self._count):
            yield VideoFrame(self._pixels, index / PHOTO_RATE, index, index, Fraction(1, PHOTO_RATE))

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


class ClipPicture:
    """A clip, made to last by `request.fit`, with its chosen face tracked.

    The face chosen by default is followed even where its track breaks, as long as it is the only face in the frame. One
    that was chosen by hand is dubbed only where it is known to be the same.

    Raises:
        MediaError: the clip cannot be read.
        FaceNotFoundError: it shows no face, or not the one asked for.
    """

    def __init__(self, path: Path, request: DubRequest, crop: CropSpec, references: int, duration: float) -> None:
        self._reader = VideoReader(path)
        try:
            self._choice = request.face_choice
            self._fit = request.fit
            self._duration = duration
            self._start = request.start or 0.0
            self._end = math.inf if request.end is None else request.end
            chosen = self._choose(path)
            self.chosen = Chosen(chosen.track, chosen.box)
            self._layout = crop.layout_for(eye_distance(chosen.landmarks))
            times = _spread(self._start, min(self._end, self._reader.duration), references)
            crops = tuple(reference_crops(self._reader, chosen.box, self._layout, times))
            self.face = ClipFace(crops or (self._reference(chosen),))
            info: VideoInfo = self._reader.info
            self.settings = VideoSettings.like(info)
            longest = duration if request.fit != "cut" else 0.0
            self.total = math.ceil(max(self._reader.duration, longest) * float(info.frame_rate))
        except BaseException:
            self._reader.close()
            raise

    @property
    def _tracked_from(self) -> float:
        # Tracks are numbered as they appear, so both passes must begin at the same frame.
        return self._start if self._choice.point is None else min(self._start, self._choice.time)

    def _choose(self, path: Path) -> FaceObservation:
        with FaceTracker() as tracker:
            try:
                return choose_face(tracker.track(self._reader.frames(self._tracked_from)), self._choice)
            except FaceNotFoundError as error:
                raise FaceNotFoundError(f"{path}: {error}") from error

    def _reference(self, chosen: FaceObservation) -> FaceCrop:
        return crop_face(self._reader.frame_at(chosen.time).pixels, chosen, self._layout)

    def frames(self) -> Iterator[VideoFrame]:
        """The clip's frames, and with a fit other than "cut" more of them while the speech lasts."""
        duration = math.inf if self._fit == "cut" else max(self._duration, self._reader.duration)
        return fitted_frames(self._reader, duration, self._fit)

    def faced(self, frames: Iterable[VideoFrame]) -> Iterator[FacedFrame]:
        """Each frame, with the crop of the chosen face where it is seen and to be dubbed."""
        source = iter(frames)
        first = next(source, None)
        while first is not None and first.time < self._tracked_from:
            yield FacedFrame(first, None, in_range=False)
            first = next(source, None)
        behind: list[VideoFrame] = []
        if first is not None:
            with FaceTracker() as tracker:
                for tracked in tracker.track(_until(first, source, self._end, behind)):
                    if tracked.frame.time < self._start:
                        yield FacedFrame(tracked.frame, None, in_range=False)
                        continue
                    found = tracked.face(self.chosen.track) or self._only(tracked.faces)
                    crop = None if found is None else crop_face(tracked.frame.pixels, found, self._layout)
                    yield FacedFrame(tracked.frame, crop)
        for frame in (*behind, *source):
            yield FacedFrame(frame, None, in_range=False)

    def _only(self, faces: tuple[FaceObservation, ...]) -> FaceObservation | None:
        by_default = self._choice.point is None and self._choice.index == 0
        return faces[0] if by_default and len(faces) == 1 else None

    def offer(self, crop: FaceCrop) -> None:
        """Make a crop available to the generator."""
        self.face.offer(crop)

    def close(self) -> None:
        """Close the file."""
        self._reader.close()


def reference_crops(reader: VideoReader, box: Box, layout: CropLayout, times: Iterable[float]) -> Iterator[FaceCrop]:
    """Crops of the person in `box` at these instants, where the person is found.

    In each frame it is the face nearest to the box, unless that is more than a face away.
    """
    with closing(FaceDetector()) as detector:
        for time in times:
            frame = reader.frame_at(time)
            near = _nearest(detector.detect(frame.pixels, frame.time), box)
            if near is not None:
                yield crop_face(frame.pixels, near, layout)


def check_instant(time: float, duration: float) -> None:
    """Refuse an instant outside an output of this duration.

    Raises:
        MediaError: `time` is negative, not a number, or behind the end.
    """
    if not (math.isfinite(time) and 0 <= time < duration):
        raise MediaError(f"there is no frame at {time:g} s; the output lasts {duration:.2f} s")


def _spread(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * (number + 0.5) / count for number in range(count)]


def _nearest(faces: tuple[FaceObservation, ...], box: Box) -> FaceObservation | None:
    if len(faces) < 2:
        return faces[0] if faces else None
    reach = max(box[2] - box[0], box[3] - box[1])
    best = min(faces, key=lambda face: _distance(face.box, box))
    return best if _distance(best.box, box) <= reach else None


def _distance(first: Box, second: Box) -> float:
    return math.hypot(
        (first[0] + first[2] - second[0] - second[2]) / 2, (first[1] + first[3] - second[1] - second[3]) / 2
    )


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
