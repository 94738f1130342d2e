"""From prepared clips to what the two networks learn from.

Dimension letters: N frames of a clip, T frames of a window, R references, W speech vectors of a
frame, E their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talkface_ltfg_gan.config import LtfgConfig, SpeechConfig
from talkface_ltfg_gan.landmark_input import shown_pose
from talkface_ltfg_gan.reference_choice import NEARBY, likeness, mouths_about, nearest_references
from talkface_ltfg_gan.sketch import POINTS, draw_sketches, mouth_mask
from talkface_ltfg_gan.speech_input import sample_speech
from talkface_ltfg_gan.steady_head import POSE, SteadyHead
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_trainer.augment import Geometry, Photometry
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.mirror import mirrored_subset


@dataclass(frozen=True, slots=True)
class LandmarkWindow:
    """One item of a batch for the landmark generator; coordinates are fractions of the crop's side.

    `speech` is float32 `(T, W, E)`, `pose` `(T, 74, 2)`, `reference_pose` `(R, 74, 2)`, `reference_content`
    `(R, 57, 2)` and `content` `(T, 57, 2)`, the answer.
    """

    speech: FloatArray
    pose: FloatArray
    reference_pose: FloatArray
    reference_content: FloatArray
    content: FloatArray


@dataclass(frozen=True, slots=True)
class FaceWindow:
    """One item of a batch for the face generator, all changed by the same augmentation.

    `frame` is uint8 `(S, S, 3)` and `references` `(R, S, S, 3)`; `sketches`, float32 `(T, K, S, S)`, are those of the
    window around the frame and `reference_sketches` `(R, K, S, S)`. `points` `(131, 2)` and `reference_points`
    `(R, 131, 2)` are fractions of the side; `weights` `(R,)` say how much each reference counts; `speech` is `(W, E)`;
    `mouth`, float32 `(S, S)`, is 1 around the lips of the frame.
    """

    frame: ByteArray
    references: ByteArray
    sketches: FloatArray
    reference_sketches: FloatArray
    points: FloatArray
    reference_points: FloatArray
    weights: FloatArray
    speech: FloatArray
    mouth: FloatArray


class LandmarkClips:
    """Points and lip openings of every clip of a data set, computed once."""

    def __init__(self, dataset: Dataset, config: LtfgConfig) -> None:
        self.dataset, self.config = dataset, config
        self._points: dict[str, FloatArray] = {}
        self._likeness: dict[str, FloatArray] = {}
        self._openings: dict[str, FloatArray] = {}

    @classmethod
    def open(cls, folder: Path, config: LtfgConfig) -> LandmarkClips:
        """Open a prepared data set.

        Raises:
            TrainingError: it is not one, has no usable training clips, or was prepared without the speech features.
        """
        dataset = Dataset(folder)
        clips = dataset.clips("train")
        if not clips:
            raise TrainingError(f"{folder}: has no usable clips in the split 'train'")
        kind = config.landmark_generator.speech.kind
        if not any(clip.has_features(kind) for clip in clips):
            raise TrainingError(f"{folder}: no training clip has {kind} features; prepare it with --features {kind}")
        return cls(dataset, config)

    def held_out(self) -> dict[str, tuple[Clip, ...]]:
        """Clips to validate on by split. Without held-out clips `val` is made of training clips, to have a measure."""
        splits = {split: self.dataset.clips(split) for split in ("val", "val_unseen")}
        if not splits["val"]:
            splits["val"] = splits["val_unseen"] or self.dataset.clips("train")[:4]
        return {split: clips for split, clips in splits.items() if clips}

    def points(self, clip: Clip) -> FloatArray:
        """What the landmark generator knows of every frame, float32 `(N, 131, 2)`.

        In 0..1 of the crop without its margin, as it is or, if heads are held still, as `SteadyHead` has it.
        """
        if clip.id not in self._points and self.config.landmark_generator.steady_head:
            meshes = np.asarray(clip.landmarks)
            self._points[clip.id] = SteadyHead.fit(meshes).points(meshes)[..., :2]
        elif clip.id not in self._points:
            self._points[clip.id] = self._in_crop(clip)
        return self._points[clip.id]

    def likeness(self, clip: Clip) -> FloatArray:
        """What the clip's frames are compared by to choose references; see `reference_choice`."""
        if clip.id not in self._likeness:
            self._likeness[clip.id] = likeness(self.points(clip)[:, POSE:], self._in_crop(clip)[:, :POSE])
        return self._likeness[clip.id]

    def _in_crop(self, clip: Clip) -> FloatArray:
        """The model's points as they are, `(N, 131, 2)` in 0..1 of the crop without its margin."""
        size = self.config.face_generator.size
        margin = (self.dataset.layout.size - size) / 2
        points: FloatArray = ((np.asarray(clip.landmarks)[:, POINTS, :2] - margin) / size).astype(np.float32)
        return points

    def openings(self, clip: Clip) -> FloatArray:
        """How far the lips are apart in each frame, `(N,)`, in distances of the outer eye corners."""
        if clip.id not in self._openings:
            self._openings[clip.id] = np.array([lip_opening(mesh) for mesh in clip.landmarks], np.float32)
        return self._openings[clip.id]

    def feature_statistics(self, kind: str) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the speech vectors of up to 200 training clips, `(E,)` each."""
        some = [clip for clip in self.dataset.clips("train") if clip.has_features(kind)][:200]
        vectors = np.concatenate([clip.features(kind).values[::4] for clip in some]).astype(np.float32)
        return vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-3)

    def speech(self, clip: Clip, frames: NDArray[np.int64], config: SpeechConfig) -> FloatArray:
        """What is heard at frames, `(len(frames), W, E)`."""
        return sample_speech(clip.features(config.kind), clip.times[frames], config)


def landmark_window(
    clips: LandmarkClips,
    rng: np.random.Generator,
    *,
    references: int,
    balance: float,
    mirror: bool = False,
    spread: bool = False,
) -> LandmarkWindow:
    """A random window of a random training clip, with random references outside it where the clip is long enough.

    With `mirror` every other window shows the face in a mirror. With `spread` the references are those of all frames
    that `spread_by_opening` chooses.
    """
    config = clips.config.landmark_generator
    while True:
        clip = clips.dataset.sample_clip(rng, balance=balance)
        if clip.frames >= config.window and clip.has_features(config.speech.kind):
            break
    first = int(rng.integers(clip.frames - config.window + 1))
    frames = np.arange(first, first + config.window)
    points = clips.points(clip)
    if mirror and rng.random() < 0.5:
        points = mirrored(points)
    if spread:
        chosen = spread_by_opening(clips.openings(clip), references)
    else:
        outside = np.setdiff1d(np.arange(clip.frames), frames)
        chosen = rng.choice(outside if len(outside) else frames, references, replace=len(outside) < references)
    return LandmarkWindow(
        speech=clips.speech(clip, frames, config.speech),
        pose=shown_pose(points[frames], points[chosen], config),
        reference_pose=points[chosen, :POSE],
        reference_content=points[chosen, POSE:],
        content=points[frames, POSE:],
    )


def mirrored(points: FloatArray) -> FloatArray:
    """The model's points of a face in a mirror: `(N, 131, 2)` in 0..1 of the crop to the same shape."""
    flipped: FloatArray = np.array([1, 0], np.float32) + points * np.array([-1, 1], np.float32)
    return flipped[:, mirrored_subset(POINTS)]


def spread_by_opening(openings: FloatArray, count: int) -> NDArray[np.int64]:
    """`count` frames whose lip openings are spread evenly from the most closed to the most open; repeats if too few."""
    order = np.argsort(openings, kind="stable")
    places = np.linspace(0, len(order) - 1, count).round().astype(np.int64)
    return order[places]


def face_window(
    clips: LandmarkClips,
    rng: np.random.Generator,
    *,
    window: int,
    references: int,
    pool: int,
    balance: float,
    open_share: float,
    augment: bool,
) -> FaceWindow:
    """A random frame of a random training clip in the middle of `window`, with random references outside of that.

    If `pool` is not 0, the references of every other frame are those of as many random ones that show its mouth best.
    """
    kind = clips.config.face_generator.speech.kind
    while True:
        clip = clips.dataset.sample_clip(rng, balance=balance)
        if clip.frames >= 2 * window and clip.has_features(kind):
            break
    candidates = rng.integers(clip.frames, size=4)
    openest = clips.openings(clip)[candidates].argmax()
    frame = int(candidates[openest if rng.random() < open_share else 0])
    around = _around(clip, frame, window)
    others = np.setdiff1d(np.arange(clip.frames), around)
    if pool and rng.random() < 0.5:
        candidates = rng.choice(others, pool, replace=len(others) < pool)
        chosen, weights = best_references(clips, clip, frame, candidates, references)
    else:
        chosen = rng.choice(others, references, replace=False)
        weights = np.ones(references, np.float32)
    return _face_window(clips, clip, around, (chosen, weights), rng if augment else None)


def best_references(
    clips: LandmarkClips, clip: Clip, frame: int, candidates: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], FloatArray]:
    """Those of `candidates` that show a frame's face best, and their weights; see `nearest_references`."""
    looks = clips.likeness(clip)
    about = mouths_about(clips.points(clip)[None, _around(clip, frame, len(NEARBY)), POSE:])
    wanted = np.concatenate([about, looks[frame][None, about.shape[1] :]], axis=1)
    places, weights = nearest_references(wanted, looks[candidates], count)
    return candidates[places[0]], weights[0]


def held_out_window(clips: LandmarkClips, clip: Clip, frame: int, references: NDArray[np.int64]) -> FaceWindow:
    """The item for one frame of a clip, as it is, with references that all count the same."""
    around = _around(clip, frame, clips.config.face_generator.window)
    return _face_window(clips, clip, around, (references, np.ones(len(references), np.float32)), None)


def _around(clip: Clip, frame: int, window: int) -> NDArray[np.int64]:
    """The `window` frames of a clip with a frame in their middle; at its ends the last one repeats."""
    return np.clip(np.arange(window) + frame - window // 2, 0, clip.frames - 1)


def _face_window(
    clips: LandmarkClips,
    clip: Clip,
    window: NDArray[np.int64],
    chosen: tuple[NDArray[np.int64], FloatArray],
    rng: np.random.Generator | None,
) -> FaceWindow:
    references, weights = chosen
    config = clips.config.face_generator
    size, before = config.size, clips.dataset.layout.size
    middle = len(window) // 2
    geometry = Geometry() if rng is None else Geometry.draw(rng, rotation=4.0)
    pictures = geometry.crops(np.asarray(clip.crops[[window[middle], *references]]), size)
    if rng is not None:
        pictures = Photometry.draw(rng, strength=0.7).crops(pictures)
    frames = np.concatenate([window, references])
    meshes = np.asarray(clip.landmarks[frames])[:, POINTS, :2]
    points = (geometry.landmarks(meshes, before, size, mirrored_subset(POINTS)) / size).astype(np.float32)
    sketches = draw_sketches(points, size, channels=config.sketch_channels, smooth=config.sketch_channels == 1)
    split = len(window)
    return FaceWindow(
        frame=pictures[0],
        references=pictures[1:],
        sketches=sketches[:split],
        reference_sketches=sketches[split:],
        points=points[middle],
        reference_points=points[split:],
        weights=weights,
        speech=clips.speech(clip, window[middle : middle + 1], config.speech)[0],
        mouth=mouth_mask(points[middle], size),
    )
