"""MediaPipe's face landmark network behind a small quiet interface."""

from __future__ import annotations

import contextlib
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
        from mediapipe.tasks.python import BaseOptions, vision

        mode = vision.RunningMode.VIDEO if self._following else vision.RunningMode.IMAGE
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)), running_mode=mode, num_faces=max_faces
        )
        try:
            return vision.FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise WeightsError(f"{model}: not a face landmark model; give face_landmarker.task") from error

    def find(self, pixels: ByteArray) -> list[FloatArray]:
        """Landmarks of each face: float32 `(478, 3)`, as fractions of the width (x and z) and height (y).

        0 and 1 are the outer edges of the picture, not the centres of its outermost pixels.
        """
        import mediapipe

        # MediaPipe misreads pictures whose rows are padded.
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))
        if self._following:
            self._ticks += _TICK_MS
            result = self._network.detect_for_video(image, self._ticks)
        else:
            result = self._network.detect(image)
        return [
            np.array([(point.x, point.y, point.z) for point in face], dtype=np.float32)
            for face in result.face_landmarks
        ]

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
