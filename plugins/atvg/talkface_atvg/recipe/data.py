"""From prepared clips to the windows that the two networks learn from.

Dimension letters: N frames of a clip, T frames of a window, S side of the padded crop, H side of the network's picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from talkface_atvg.config import AtvgConfig
from talkface_atvg.normalise import ClipNormaliser
from talkface_atvg.pca import PcaBasis
from talkface_atvg.speech_input import sample_speech
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import CONTENT57, IBUG68, LIPS
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.mirror import mirrored_ibug

_STILL = np.setdiff1d(np.arange(468), CONTENT57)


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive frames of one clip with one example frame, all changed by the same augmentation.

    `frames` is uint8 `(T, H, H, 3)` and `photo` `(H, H, 3)`; `landmarks` float32 `(T, span, 136)`, the ticks up to
    each frame, and `example` `(136,)` in network units; `mouth`, float32 `(H, H)` in 0..1, is where the mouth is in
    any of them. `source` `(68, 2)` is where the photo's landmarks are in pixels, `target` `(T, 68, 2)` the frames' own:
    a photo warped to them has the frames' pose as well, so that no shift hides what is left to learn.
    """

    frames: ByteArray
    photo: ByteArray
    landmarks: FloatArray
    example: FloatArray
    mouth: FloatArray
    source: FloatArray
    target: FloatArray


class NormalisedClips:
    """The canonical landmarks of every clip of a data set, computed once."""

    def __init__(self, dataset: Dataset, config: AtvgConfig) -> None:
        self.dataset = dataset
        self.config = config
        self._landmarks: dict[str, FloatArray] = {}

    @classmethod
    def open(cls, folder: Path, config: AtvgConfig) -> NormalisedClips:
        """Open a prepared data set.

        Raises:
            TrainingError: it is not one, or has no training clips.
        """
        dataset = Dataset(folder)
        if not dataset.clips("train"):
            raise TrainingError(f"{folder}: has no usable clips in the split 'train'")
        return cls(dataset, config)

    def held_out(self) -> dict[str, tuple[Clip, ...]]:
        """Clips to validate on by split. Without held-out clips `val` is made of training clips, to have a measure.

        Only `val` decides which checkpoint is kept: `val_unseen` stays a test of faces that no decision has seen.
        """
        splits = {split: self.dataset.clips(split) for split in ("val", "val_unseen")}
        if not splits["val"]:
            splits["val"] = splits["val_unseen"] or self.dataset.clips("train")[:4]
        return {split: clips for split, clips in splits.items() if clips}

    def landmarks(self, clip: Clip) -> FloatArray:
        """Canonical landmarks of a clip, float32 `(N, 68, 2)`."""
        if clip.id not in self._landmarks:
            meshes = np.asarray(clip.landmarks)
            normaliser = ClipNormaliser.fit(meshes, self.config.normalisation.method)
            self._landmarks[clip.id] = normaliser.normalise(meshes)
        return self._landmarks[clip.id]

    def openings(self, clip: Clip) -> FloatArray:
        """Gap between the inner lips in each frame, `(N,)` in canonical units."""
        landmarks = self.landmarks(clip)
        return landmarks[:, 66, 1] - landmarks[:, 62, 1]

    def rows(self, clip: Clip) -> FloatArray:
        """The same in network units, `(N, 136)`."""
        landmarks = self.landmarks(clip)
        return (landmarks.reshape(len(landmarks), -1) * np.float32(self.config.normalisation.scale)).astype(np.float32)

    def basis(self) -> PcaBasis:
        """Principal components of the training clips, every speaker weighing (number of frames) ** 0.5."""
        rows, weights = [], []
        for speaker in self.dataset.speakers("train"):
            parts = [self.landmarks(clip) for clip in self.dataset.clips("train", speaker)]
            own = np.concatenate(parts)
            rows.append(own)
            weights.append(np.full(len(own), len(own) ** -0.5, np.float32))
        return PcaBasis.fit(
            np.concatenate(rows),
            self.config.normalisation.components,
            scale=self.config.normalisation.scale,
            weights=np.concatenate(weights),
        )


def speech_window(clip: Clip, config: AtvgConfig, first: int, count: int) -> FloatArray:
    """AT-net's input for `count` frames from frame `first`: Whisper `(T, 2, E)` or MFCC `(T, 28, 12)`."""
    times = clip.times[first : first + count]
    return sample_speech(clip.features(config.at_net.speech), times, config.at_net)


def sample_window(
    clips: NormalisedClips,
    rng: np.random.Generator,
    *,
    count: int,
    candidates: int,
    augment: bool,
    balance: float,
    open_share: float = 0.0,
) -> Window:
    """A random window of a random training clip."""
    clip = clips.dataset.sample_clip(rng, balance=balance)
    count = min(count, clip.frames)
    starts = rng.integers(clip.frames - count + 1, size=4)
    gaps = clips.openings(clip)[starts + count // 2]
    first = int(starts[gaps.argmax()] if rng.random() < open_share else starts[0])
    frames = np.arange(first, first + count)
    meshes = clip.landmarks
    example = _example(meshes, first + count // 2, rng, candidates)
    side = clips.config.vg_net.crop
    warp = _warp(rng, clips.dataset.layout.size, side, augment)
    chosen = [*frames.tolist(), example]
    crops = clip.crops
    pictures = np.stack(
        [
            cv2.warpAffine(crops[i], warp, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for i in chosen
        ]
    )
    mouth = _mouth(meshes[chosen][:, LIPS, :2], warp, side)
    rows = clips.rows(clip)
    span = np.maximum(frames[:, None] + np.arange(1 - max(clips.config.vg_net.gru_span, 1), 1), 0)
    landmarks, shown = rows[span], rows[example]
    places = meshes[[example, *frames.tolist()]][:, IBUG68, :2]
    places = (places @ warp[:, :2].T + warp[:, 2]).astype(np.float32)
    if augment:
        pictures = _recolour(pictures, rng)
        if rng.random() < 0.5:
            scale = clips.config.normalisation.scale
            landmarks, shown = mirrored(landmarks, scale), mirrored(shown, scale)
            pictures, mouth = pictures[:, :, ::-1], mouth[:, ::-1]
            places = places[:, mirrored_ibug()]
            places[..., 0] = side - 1 - places[..., 0]
    return Window(
        frames=np.ascontiguousarray(pictures[:-1]),
        photo=np.ascontiguousarray(pictures[-1]),
        landmarks=landmarks,
        example=shown,
        mouth=np.ascontiguousarray(mouth),
        source=places[0],
        target=places[1:],
    )


def mirrored(rows: FloatArray, scale: float) -> FloatArray:
    """Landmarks in network units `(..., 136)` as in a mirror: the canonical face is symmetric about x = 0.5."""
    points = rows.reshape(*rows.shape[:-1], 68, 2)[..., mirrored_ibug(), :].copy()
    points[..., 0] = scale - points[..., 0]
    return points.reshape(rows.shape)


def central_crop(picture: ByteArray, side: int) -> ByteArray:
    """The network's picture inside the padded crop(s), `(..., S, S, 3)` to `(..., H, H, 3)`."""
    margin = (picture.shape[-2] - side) // 2
    return picture[..., margin : margin + side, margin : margin + side, :]


def tick_features(clip: Clip, config: AtvgConfig) -> FloatArray:
    """AT-net's input for a whole clip, one row a frame."""
    return speech_window(clip, config, 0, clip.frames)


def _example(meshes: FloatArray, target: int, rng: np.random.Generator, candidates: int) -> int:
    # A difference in pose cannot be seen in canonical landmarks; the network would answer it with blur.
    chosen = rng.integers(len(meshes), size=candidates)
    if candidates == 1:
        return int(chosen[0])
    still = meshes[chosen][:, _STILL, :2] - meshes[target][None, _STILL, :2]
    return int(chosen[np.abs(still).mean(axis=(1, 2)).argmin()])


def _warp(rng: np.random.Generator, size: int, side: int, augment: bool) -> FloatArray:
    angle, scale, shift = 0.0, 1.0, np.zeros(2)
    if augment:
        angle, scale = rng.normal(0, 3.0), float(np.exp(rng.normal(0, 0.04)))
        shift = rng.uniform(-4, 4, 2)
    centre = (size - 1) / 2
    warp = cv2.getRotationMatrix2D((centre, centre), angle, scale)
    warp[:, 2] += (side - 1) / 2 - centre + shift
    matrix: FloatArray = warp.astype(np.float32)
    return matrix


def _mouth(lips: FloatArray, warp: FloatArray, side: int) -> FloatArray:
    points = lips.reshape(-1, 2) @ warp[:, :2].T + warp[:, 2]
    hull = cv2.convexHull(points.astype(np.float32)).astype(np.int32)
    mask = np.zeros((side, side), np.float32)
    cv2.fillConvexPoly(mask, hull, 1.0)
    reach = side // 16
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), side / 40), np.float32)


def _recolour(pictures: ByteArray, rng: np.random.Generator) -> ByteArray:
    level = np.linspace(0, 1, 256)[:, None]
    gamma = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.05, 3))
    table = level**gamma * (1 + rng.normal(0, 0.08, 3)) + rng.normal(0, 0.03, 3)
    changed = np.empty_like(pictures)
    for channel in range(3):
        changed[..., channel] = np.clip(table[:, channel] * 255 + 0.5, 0, 255).astype(np.uint8)[pictures[..., channel]]
    if rng.random() < 0.2:
        sigma = float(rng.uniform(0.3, 0.8))
        changed = np.stack([cv2.GaussianBlur(picture, (0, 0), sigma) for picture in changed])
    return changed
