"""The crops of a clip that a model gets to know its face by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from talkface_studio.api.values import CropLayout, FaceCrop, FaceObservation, VideoFrame
from talkface_studio.dubbing.track_cache import TrackFile
from talkface_studio.faces.align import frame_crop
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.identity import SAME_SHAPE, face_shape, same_place, shape_distance
from talkface_studio.media.video import VideoReader


def spread(start: float, end: float, count: int) -> list[float]:
    """Evenly spaced instants, in seconds."""
    return [start + (end - start) * (number + 0.5) / count for number in range(count)]


def reference_crops(
    reader: VideoReader,
    detector: FaceDetector,
    chosen: FaceObservation,
    layout: CropLayout,
    times: Iterable[float],
    *,
    tracks: TrackFile,
) -> Iterator[FaceCrop]:
    """Crops of the chosen person at these instants, where the person is found.

    A face alone in its frame is taken for the person if it is alike or in the same place; of several, the one that is
    most alike is.
    """
    last = chosen
    for frame in _one_ahead(map(reader.frame_at, times)):
        # Where the person was last, a search of the picture is not needed.
        seen = detector.look(frame, last.landmarks)
        if seen is None or not _still_there(seen, last, chosen):
            faces = tracks.looked(frame.time, partial(_all_faces, detector, frame))
            seen = _person(faces, chosen)
        if seen is not None:
            last = seen
            yield frame_crop(frame, seen, layout)


def _one_ahead(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """The same, each decoded by another thread while the one before it is looked at."""
    with ThreadPoolExecutor(1, thread_name_prefix="references") as pool:
        coming = pool.submit(next, frames, None)
        while (frame := coming.result()) is not None:
            coming = pool.submit(next, frames, None)
            yield frame


def _all_faces(detector: FaceDetector, frame: VideoFrame) -> tuple[FaceObservation, ...]:
    return detector.detect(frame.pixels, frame.time)


def _still_there(seen: FaceObservation, last: FaceObservation, chosen: FaceObservation) -> bool:
    alike = shape_distance(face_shape(seen.landmarks), face_shape(chosen.landmarks)) < SAME_SHAPE
    return alike and same_place(seen.box, last.box)


def _person(faces: tuple[FaceObservation, ...], chosen: FaceObservation) -> FaceObservation | None:
    shape = face_shape(chosen.landmarks)
    distances = [shape_distance(face_shape(face.landmarks), shape) for face in faces]
    if len(faces) == 1:
        alike = SAME_SHAPE * (1.5 if same_place(faces[0].box, chosen.box) else 1.0)
        return faces[0] if distances[0] < alike else None
    near = [(distance, number) for number, distance in enumerate(distances) if distance < SAME_SHAPE]
    return faces[min(near)[1]] if near else None
