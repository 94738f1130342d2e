"""From prepared clips to windows of motion and speech.

Dimension letters: N frames of a clip, T frames of a window, D numbers of a frame's motion, W speech vectors of a frame,
E their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from talkface_sdm.config import POINTS, POSE, SdmConfig
from talkface_sdm.head_motion import Home, encoded, points
from talkface_sdm.speech_input import Heard, read_speech
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.values import AudioClip, FloatArray, SpeechFeatures
from talkface_trainer.dataset import FRAME_RATE, SAMPLE_RATE, Clip, Dataset
from talkface_trainer.evaluation import ArraySound, speech_of
from talkface_trainer.mirror import mirrored_ibug

POSE_SMOOTHING = 1.5
"""Standard deviation, in frames, of the low-pass over true poses: what is faster is the landmarker's noise."""
JAW_SMOOTHING = 4.0
"""The same of what of a pose may go with the jaw: an opening mouth tips the landmarker's whole mesh at once."""
CHIN = 8
LIVELIEST = np.radians(3.5)
"""Radians a second that a head turns in the mean, at most: restless speakers' poses are scaled down to it."""


@dataclass(frozen=True, slots=True)
class MotionWindow:
    """One item of a batch: float32 `motion` `(T, D)`, `speech` `(T, W, E)` and `rhythm` `(T, 6)`."""

    motion: FloatArray
    speech: FloatArray
    rhythm: FloatArray


@dataclass(frozen=True, slots=True)
class ClipSpeech:
    """The speech of a prepared clip, with the features that were prepared; see `api.generator.Speech`."""

    clip: Clip

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.clip.speech) / SAMPLE_RATE

    def samples(self, start: float, end: float) -> AudioClip:
        """Samples of a window."""
        return ArraySound(np.asarray(self.clip.speech)).read(start, end)

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        """The prepared vectors; log-mel, which is quick, is computed where it was not prepared."""
        if kind == "log_mel" and not self.clip.has_features(kind):
            return speech_of(self.clip).features(kind, start, end)
        return self.clip.features(kind)

    def activity(self, start: float, end: float) -> SpeechFeatures:
        """Where somebody speaks."""
        return speech_of(self.clip).activity(start, end)


@dataclass(frozen=True, slots=True)
class ClipMotion:
    """How a clip's person moves.

    `home`, `motion` float32 `(N, 142)` and, as the networks have it and none too lively, `values` `(N, D)`.
    """

    home: Home
    motion: FloatArray
    values: FloatArray


class MotionClips:
    """The motion of every clip of a data set, computed once."""

    def __init__(self, dataset: Dataset, config: SdmConfig) -> None:
        self.dataset, self.config = dataset, config
        self._motion: dict[str, ClipMotion] = {}
        self._heard: dict[str, Heard] = {}

    @classmethod
    def open(cls, folder: Path, config: SdmConfig) -> MotionClips:
        """Open a prepared data set.

        Raises:
            TrainingError: it is not one, has no usable training clips, or was prepared without the speech features.
        """
        dataset = Dataset(folder)
        clips = dataset.clips("train")
        if not clips:
            raise TrainingError(f"{folder}: has no usable clips in the split 'train'")
        kind = config.speech.kind
        if kind != "log_mel" and not any(clip.has_features(kind) for clip in clips):
            raise TrainingError(f"{folder}: no training clip has {kind} features; prepare it with --features {kind}")
        return cls(dataset, config)

    def held_out(self) -> dict[str, tuple[Clip, ...]]:
        """Clips to validate on by split. Without held-out clips `val` is made of training clips, to have a measure."""
        splits = {split: self.dataset.clips(split) for split in ("val", "val_unseen")}
        if not splits["val"]:
            splits["val"] = splits["val_unseen"] or self.dataset.clips("train")[:4]
        return {split: clips for split, clips in splits.items() if clips}

    def of(self, clip: Clip) -> ClipMotion:
        """The motion of a clip; poses are freed of the landmarker's noise, see `steady_poses`."""
        if clip.id not in self._motion:
            meshes = frame_meshes(clip)
            home = Home.of_clip(meshes)
            motion = home.motion(meshes)
            motion[:, :POSE] = steady_poses(motion)
            calm = motion.copy()
            calm[:, :POSE] *= calming(motion)
            self._motion[clip.id] = ClipMotion(home, motion, encoded(calm, home, self.config.motion))
        return self._motion[clip.id]

    def heard(self, clip: Clip, frames: NDArray[np.int64]) -> Heard:
        """What is heard at frames of a clip."""
        if clip.id not in self._heard:
            whole = read_speech(ClipSpeech(clip), np.asarray(clip.times), self.config.speech)
            # Vectors were prepared with half precision, and a data set's are many.
            self._heard[clip.id] = Heard(whole.vectors.astype(np.float16), whole.rhythm)
        heard = self._heard[clip.id]
        return Heard(heard.vectors[frames].astype(np.float32), heard.rhythm[frames])

    def usable(self, clip: Clip, frames: int) -> bool:
        """Whether a clip is long enough and has what is heard."""
        kind = self.config.speech.kind
        return clip.frames >= frames and (kind == "log_mel" or clip.has_features(kind))

    def statistics(self) -> dict[str, FloatArray]:
        """Mean and standard deviation over training clips, each speaker counting by the root of its clips.

        Of motion (`motion_mean`, `motion_std`, `(D,)`), rhythm `(6,)` and speech vectors `(E,)`.
        """
        rng = np.random.default_rng(0)
        motion: list[FloatArray] = []
        rhythm: list[FloatArray] = []
        vectors: list[FloatArray] = []
        for _ in range(120):
            clip = self.dataset.sample_clip(rng, balance=0.5)
            if not self.usable(clip, 2):
                continue
            frames = np.arange(min(clip.frames, 100))
            heard = self.heard(clip, frames)
            motion.append(self.of(clip).values[frames])
            rhythm.append(heard.rhythm)
            vectors.append(heard.vectors.reshape(-1, heard.vectors.shape[2])[::4])
        found = {}
        for name, parts in (("motion", motion), ("rhythm", rhythm), ("speech", vectors)):
            values = np.concatenate(parts)
            found[f"{name}_mean"] = values.mean(axis=0)
            found[f"{name}_std"] = values.std(axis=0) + np.float32(1e-4)
        return found


def motion_window(
    clips: MotionClips, rng: np.random.Generator, *, frames: int, balance: float, mirror: bool
) -> MotionWindow:
    """A random window of a random training clip; with `mirror` every other one is seen in a mirror."""
    while True:
        clip = clips.dataset.sample_clip(rng, balance=balance)
        if clips.usable(clip, frames):
            break
    first = int(rng.integers(clip.frames - frames + 1))
    window = clip_window(clips, clip, first, frames)
    if mirror and rng.random() < 0.5:
        return MotionWindow(mirrored(window.motion), window.speech, window.rhythm)
    return window


def clip_window(clips: MotionClips, clip: Clip, first: int, frames: int) -> MotionWindow:
    """A window of a clip as it is."""
    index = np.arange(first, first + frames)
    heard = clips.heard(clip, index)
    return MotionWindow(clips.of(clip).values[index], heard.vectors, heard.rhythm)


def mirrored(values: FloatArray) -> FloatArray:
    """Motion `(N, D)` as it is seen in a mirror."""
    pose, points = values[:, : values.shape[1] - 2 * POINTS], values[:, -2 * POINTS :]
    points = points.reshape(-1, POINTS, 2)[:, mirrored_ibug()] * np.array([-1, 1], np.float32)
    if pose.shape[1]:
        # Turns to the side and tilts, and the way to the right, change their sign.
        pose = pose * np.array([1, -1, -1, -1, 1, 1], np.float32)
    return np.concatenate([pose, points.reshape(len(values), -1)], axis=1)


def steady_poses(motion: FloatArray) -> FloatArray:
    """Poses `(N, 6)` of motion `(N, 142)` as it was found, without what the landmarker adds to them.

    Between 3 and 5 Hz, where syllables are, half of the pitch's power goes with the chin, with no lag and the same gain
    at each frequency: the mesh leans on the jaw. The quick part of the chin's way (least squares, clip by clip) is
    taken out of the quick part of each number; a low-pass follows.
    """
    pose, chin = motion[:, :POSE].astype(np.float64), points(motion)[:, CHIN].astype(np.float64)
    quick_pose, quick_chin = (
        values - gaussian_filter1d(values, JAW_SMOOTHING, axis=0, mode="nearest") for values in (pose, chin)
    )
    with_jaw = quick_chin @ np.linalg.lstsq(quick_chin, quick_pose, rcond=1e-6)[0]
    steady: FloatArray = gaussian_filter1d(pose - with_jaw, POSE_SMOOTHING, axis=0, mode="nearest").astype(np.float32)
    return steady


def calming(motion: FloatArray) -> float:
    """The factor on poses that makes no head turn faster than `LIVELIEST`.

    One orator's head moves four times as far as anybody else's here; beside his, theirs would be a rounding error. How
    much a head moves is the user's choice anyway, how it moves is what is learned.
    """
    speed = np.linalg.norm(np.diff(motion[:, :3].astype(np.float64), axis=0), axis=1).mean() * FRAME_RATE
    return float(min(1.0, LIVELIEST / max(speed, 1e-9)))


def frame_meshes(clip: Clip) -> FloatArray:
    """Meshes of a clip in pixels of its source, `(N, 478, 3)`."""
    matrices = np.asarray(clip.matrices)
    back = np.linalg.inv(matrices[:, :, :2])
    meshes = np.array(clip.landmarks, dtype=np.float64)
    meshes[..., :2] = (meshes[..., :2] - matrices[:, None, :, 2]) @ back.transpose(0, 2, 1)
    meshes[..., 2] *= np.sqrt(np.linalg.det(back))[:, None]
    return meshes.astype(np.float32)
