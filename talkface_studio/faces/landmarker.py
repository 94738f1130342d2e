"""MediaPipe's face landmark network behind a small quiet interface."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.faces.mediapipe_import import mediapipe

_TICK_MS = 10**8
"""Milliseconds between frames as told to MediaPipe.

For a single face its video mode low-passes the points by a one-euro filter, which delays fast lips by about a frame.
The filter's strength depends on the time between frames: with a day between them nothing is left of it.
"""

_quiet_lock = threading.Lock()


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep what C++ libraries write to the process's standard error from the user's terminal.

    MediaPipe logs through libraries that offer Python no switch, at start-up only; so the file descriptor itself is
    pointed elsewhere for these milliseconds.
    """
    with _quiet_lock:
        try:
            kept = os.dup(2)
        except OSError:  # A windowed application has no standard error.
            yield
            return
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


class Landmarker:
    """Finds the landmarks of faces in pictures.

    With `following`, pictures are taken as frames of one moving face: the network starts from where the face was
    in the picture before, which is faster and steadier; `forget` ends that.
    """

    def __init__(self, model: Path, *, max_faces: int = 1, following: bool = False) -> None:
        """Load the network.

        Raises:
            WeightsError: the file is not a face landmark model.
        """
        self._following = following
        self._ticks = 0
        with quiet_stderr():
            self._network = self._load(model, max_faces)
            # The first picture starts the threads that have the rest of the log messages.
            self.forget()

    def _load(self, model: Path, max_faces: int) -> Any:
        tasks = mediapipe().tasks
        vision = tasks.vision
        mode = vision.RunningMode.VIDEO if self._following else vision.RunningMode.IMAGE
        options = vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(model)), running_mode=mode, num_faces=max_faces
        )
        try:
            return vision.FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise WeightsError(f"{model}: not a face landmark model; give face_landmarker.task") from error

    def find(self, pixels: ByteArray) -> list[FloatArray]:
        """Landmarks of each face: float32 `(478, 3)`, as fractions of the width (x and z) and height (y).

        0 and 1 are the outer edges of the picture, not the centres of its outermost pixels.
        """
        package = mediapipe()
        # MediaPipe misreads pictures whose rows are padded.
        image = package.Image(image_format=package.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))
        if not self._following:
            return [
                np.array([(point.x, point.y, point.z) for point in face], dtype=np.float32)
                for face in self._network.detect(image).face_landmarks
            ]
        self._ticks += _TICK_MS
        return _followed(self._network, image, self._ticks)

    def forget(self) -> None:
        """Drop the face that is being followed."""
        self.find(np.zeros((64, 64, 3), np.uint8))

    def close(self) -> None:
        """Free the network. Calling it twice is allowed."""
        if self._network is not None:
            self._network.close()
            self._network = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _followed(network: Any, image: Any, milliseconds: int) -> list[FloatArray]:
    """What `FaceLandmarker.detect_for_video` finds, straight from the library's memory.

    MediaPipe makes a Python object of every point, which takes a quarter of the time of the whole detection and keeps
    the other threads of a dub from running.
    """
    from mediapipe.tasks.python.vision import face_landmarker

    found = face_landmarker.FaceLandmarkerResultC()
    library, handle, pointer = network._lib, network._handle, image._image_ptr
    library.MpFaceLandmarkerDetectForVideo(handle, pointer, None, milliseconds, ctypes.byref(found))
    try:
        return [_coordinates(found.face_landmarks[number]) for number in range(found.face_landmarks_count)]
    finally:
        library.MpFaceLandmarkerCloseResult(ctypes.byref(found))


def _coordinates(face: Any) -> FloatArray:
    """x, y and z of the C structures of one face's points: `(n, 3)`."""
    point = face.landmarks._type_
    layout = np.dtype(
        {
            "names": list("xyz"),
            "formats": ["<f4"] * 3,
            "offsets": [getattr(point, axis).offset for axis in "xyz"],
            "itemsize": ctypes.sizeof(point),
        }
    )
    points = np.frombuffer(ctypes.string_at(face.landmarks, face.landmarks_count * layout.itemsize), layout)
    return np.stack([points[axis] for axis in "xyz"], axis=1).astype(np.float32)
