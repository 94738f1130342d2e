"""The studio's side of the conformance suite: real speech, a real face, and the plugins that are installed."""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from talkface_studio.api.card import OptionValue
from talkface_studio.api.generator import Face, Generator, Speech
from talkface_studio.api.testing.material import Sound
from talkface_studio.api.values import (
    ByteArray,
    CropLayout,
    Device,
    FaceCrop,
    FaceObservation,
    FloatArray,
    Matrix,
    Options,
)
from talkface_studio.faces.align import crop_face
from talkface_studio.plugin_host.catalog import Catalog, load_catalog
from talkface_studio.plugin_host.folders import Folders, find_folders
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack

_DATA = Path(__file__).parent / "pytest_data"
_CLIP = 4.0
"""Seconds over which the references of a video are spread."""


class StudioHost:
    """Implements `api.testing.Host`."""

    def __init__(self, folders: Folders | None = None) -> None:
        """A host with the plugins beside the studio and those of `folders`, by default the user's."""
        self._folders = folders or find_folders()
        self._encoders = studio_encoders(Device())

    @cached_property
    def voice(self) -> FloatArray:
        """See `Host.voice`: 4 s of synthetic speech."""
        with wave.open(str(_DATA / "speech.wav")) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return (samples / np.float32(32768)).astype(np.float32)

    @cached_property
    def _portrait(self) -> ByteArray:
        pixels = np.asarray(cv2.imread(str(_DATA / "portrait.png")), dtype=np.uint8)
        return np.ascontiguousarray(pixels[:, :, ::-1])

    @cached_property
    def _landmarks(self) -> FloatArray:
        landmarks: FloatArray = np.load(_DATA / "landmarks.npy")
        return landmarks

    @cached_property
    def _catalog(self) -> Catalog:
        return load_catalog(folders=self._folders)

    def speech(self, sound: Sound) -> Speech:
        """See `Host.speech`."""
        return SpeechTrack(sound, encoders=self._encoders)

    def photo(self, layout: CropLayout, references: int) -> Face:
        """See `Host.photo`: one crop, whatever number of references the model can use."""
        return _StillFace(self._crop(layout, 0.0, moving=False), min(references, 1))

    def video(self, layout: CropLayout, references: int) -> Face:
        """See `Host.video`: the portrait, tilted and shifted in the picture plane as a nodding head is."""
        return _MovingFace(self, layout, references)

    def generator(self, model: str) -> Generator:
        """See `Host.generator`."""
        return self._catalog.generator(model)

    def options(self, model: str, given: Mapping[str, OptionValue], *, preset: str, seed: int) -> Options:
        """See `Host.options`."""
        return self._catalog.options(model, given, preset=preset, seed=seed, weights_folder=self._folders.weights)

    def _crop(self, layout: CropLayout, time: float, *, moving: bool) -> FaceCrop:
        pixels, landmarks = self._portrait, self._landmarks
        if moving:
            matrix = _head_motion(time, pixels.shape[0])
            pixels = np.asarray(
                cv2.warpAffine(pixels, matrix, pixels.shape[1::-1], borderMode=cv2.BORDER_REFLECT), dtype=np.uint8
            )
            landmarks = landmarks.copy()
            landmarks[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        left, top = landmarks[:, :2].min(0).tolist()
        right, bottom = landmarks[:, :2].max(0).tolist()
        seen = FaceObservation(landmarks.astype(np.float32), (left, top, right, bottom), 1.0, time)
        return crop_face(pixels, seen, layout)


class _StillFace:
    def __init__(self, crop: FaceCrop, references: int) -> None:
        self._crop = crop
        self.references = (crop,) * references

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        return (replace(self._crop, time=time) for time in times)


class _MovingFace:
    def __init__(self, host: StudioHost, layout: CropLayout, references: int) -> None:
        self._host = host
        self._layout = layout
        self.references = tuple(self.crops(np.linspace(0, _CLIP, references, endpoint=False).tolist()))

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        return (self._host._crop(self._layout, time, moving=True) for time in times)


def _head_motion(time: float, side: int) -> Matrix:
    """A tilt of up to 4 degrees and a drift of up to 4 pixels."""
    turn = 2 * np.pi * time
    matrix = np.asarray(cv2.getRotationMatrix2D((side / 2, side / 2), 4 * float(np.sin(0.3 * turn)), 1.0))
    matrix[:, 2] += (4 * np.sin(0.2 * turn), 3 * np.sin(0.45 * turn))
    return matrix.astype(np.float64)
