"""From prepared clips to portraits and voices.

Dimension letters: N frames of a clip, B pictures or windows, S side of a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from talkface_scldm.config import ScldmConfig
from talkface_scldm.recipe.studio import Cutout, cutout
from talkface_scldm.spectrogram import RATE, SECONDS, tiled
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, CropLayout, FloatArray
from talkface_trainer.augment import Photometry
from talkface_trainer.dataset import Clip, Dataset
from talkface_trainer.labels import SpeakerLabels, read_labels

PORTRAIT = CropLayout(96, eye_distance=0.3, eye_height=0.43)
"""How a face lies in a portrait: hair and chin are in it."""
FINER = 2
"""Pictures are sampled so much finer than they are, and averaged."""
SHIFT, ZOOM, TURN = 0.03, 0.04, 0.05
"""Largest changes of framing with an augmentation of strength 1: parts of the side, of the scale, radians."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture is cut from a prepared crop, and whether it is seen in a mirror."""

    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    turn: float = 0.0
    mirror: bool = False

    @classmethod
    def draw(cls, rng: np.random.Generator, strength: float) -> Framing:
        """A random one."""
        x, y, zoom, turn = rng.uniform(-1, 1, 4) * strength
        return cls(
            (float(x * SHIFT), float(y * SHIFT)),
            float(np.exp(zoom * ZOOM)),
            float(turn * TURN),
            bool(rng.random() < 0.5),
        )


class Voices:
    """The clips of a data set as portraits and windows of speech."""

    def __init__(self, dataset: Dataset, config: ScldmConfig) -> None:
        self.dataset, self.config = dataset, config
        self.labels: SpeakerLabels = read_labels(dataset.folder)
        self._frames: dict[str, NDArray[np.int64]] = {}
        self._cutouts: dict[tuple[str, int], Cutout] = {}

    @classmethod
    def open(cls, folder: Path, config: ScldmConfig) -> Voices:
        """Open a prepared data set.

        Raises:
            TrainingError: it is not one, has no usable training clips, or its crops do not show the whole head.
        """
        dataset = Dataset(folder)
        if not dataset.clips("train"):
            raise TrainingError(f"{folder}: has no usable clips in the split 'train'")
        layout = dataset.layout
        if layout.eye_distance > PORTRAIT.eye_distance:
            raise TrainingError(
                f"{folder}: its crops show faces without hair and neck; prepare it again with --framing portrait"
            )
        return cls(dataset, config)

    def held_out(self) -> dict[str, tuple[Clip, ...]]:
        """Clips to validate on by split. Without held-out clips `val` is made of training clips, to have a measure."""
        splits = {split: self.dataset.clips(split) for split in ("val", "val_unseen")}
        if not splits["val"]:
            splits["val"] = splits["val_unseen"] or self.dataset.clips("train")[:4]
        return {split: clips for split, clips in splits.items() if clips}

    def portrait_frames(self, clip: Clip, count: int) -> NDArray[np.int64]:
        """The `count` frames (fewer of a short clip) that suit a portrait best: see `portrait_order`."""
        if clip.id not in self._frames:
            self._frames[clip.id] = portrait_order(clip.landmarks)
        chosen: NDArray[np.int64] = self._frames[clip.id][:count]
        return chosen

    def picture(self, clip: Clip, frame: int, framing: Framing | None = None) -> ByteArray:
        """One frame of a clip as the model sees it, uint8 `(S, S, 3)`."""
        return cut(np.asarray(clip.crops[frame]), self.dataset.layout, self.config.face.side, framing or Framing())

    def portraits(self, clip: Clip, count: int) -> Tensor:
        """The best frames of a clip as the encoder sees them, float32 `(B, 3, S, S)` in -1..1."""
        return pictures([self.picture(clip, int(frame)) for frame in self.portrait_frames(clip, count)])

    def drawn_portraits(self, clip: Clip, count: int) -> Tensor:
        """The best frames of a clip as the decoder should draw them, float32 `(B, 3, S, S)` in -1..1."""
        layout, face = self.dataset.layout, self.config.face
        crops = [
            self.studio_crop(clip, int(frame)) if face.studio else np.asarray(clip.crops[frame])
            for frame in self.portrait_frames(clip, count)
        ]
        return pictures([cut(crop, layout, face.drawn_side, Framing()) for crop in crops])

    def studio_crop(self, clip: Clip, frame: int) -> ByteArray:
        """A prepared crop before the backdrop."""
        return self.cutout(clip, frame).shown()

    def cutout(self, clip: Clip, frame: int) -> Cutout:
        """The person of a prepared crop; each is made once."""
        key = clip.id, frame
        if key not in self._cutouts:
            self._cutouts[key] = cutout(np.asarray(clip.crops[frame]), clip.landmarks[frame])
        return self._cutouts[key]

    def drawn_face(self, rng: np.random.Generator, *, balance: float, strength: float) -> ByteArray:
        """A random frame of a random training clip, its colours, sharpness and framing changed."""
        clip = self.dataset.sample_clip(rng, balance=balance)
        framing = Framing.draw(rng, strength)
        picture = self.picture(clip, int(rng.integers(clip.frames)), framing)
        changed: ByteArray = Photometry.draw(rng, strength=strength).crops(picture[None])[0]
        return changed

    def drawn_speakers(self, rng: np.random.Generator, count: int) -> list[str]:
        """Up to `count` different speakers of the training clips."""
        speakers = self.dataset.speakers("train")
        return [speakers[i] for i in rng.permutation(len(speakers))[:count]]


def portrait_order(landmarks: FloatArray) -> NDArray[np.int64]:
    """Frames `(N, 478, 3)` from the best portrait to the worst: seen from the front, lips together, eyes open."""
    points = np.asarray(landmarks)[..., :2]
    unit = np.linalg.norm(points[:, 263] - points[:, 33], axis=1)
    aside = np.abs(points[:, 1, 0] - (points[:, 33, 0] + points[:, 263, 0]) / 2) / unit
    opening = np.array([lip_opening(mesh) for mesh in np.asarray(landmarks)])
    lids = sum(np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in ((159, 145), (386, 374))) / unit
    return np.argsort(2 * aside + opening - lids, kind="stable")


def cut(crop: ByteArray, layout: CropLayout, side: int, framing: Framing) -> ByteArray:
    """A picture `(S, S, 3)` out of a prepared crop of this layout."""
    fine = side * FINER
    scale = PORTRAIT.eye_distance * fine / (layout.eye_distance * layout.size) * framing.zoom
    cosine, sine = scale * np.cos(framing.turn), scale * np.sin(framing.turn)
    eyes = np.array([(layout.size - 1) / 2, layout.eye_height * layout.size])
    wanted = np.array([(fine - 1) / 2, PORTRAIT.eye_height * fine]) + np.array(framing.shift) * fine
    turn = np.array([[cosine, -sine], [sine, cosine]])
    matrix = np.column_stack([turn, wanted - turn @ eyes])
    warped = cv2.warpAffine(crop, matrix, (fine, fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if framing.mirror:
        warped = warped[:, ::-1]
    return np.asarray(cv2.resize(np.ascontiguousarray(warped), (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def pictures(pixels: Sequence[ByteArray]) -> Tensor:
    """uint8 `(S, S, 3)` each to float32 `(B, 3, S, S)` in -1..1."""
    return torch.from_numpy(np.stack(pixels)).movedim(3, 1).float() / 127.5 - 1


def shrunk(faces: Tensor, side: int) -> Tensor:
    """`(B, 3, S, S)` at a smaller side, or as they are."""
    return F.interpolate(faces, side, mode="area") if faces.shape[-1] != side else faces


def pixels_of(faces: Tensor) -> ByteArray:
    """`(B, 3, S, S)` in -1..1 to uint8 `(B, S, S, 3)`."""
    levels = ((faces.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return np.ascontiguousarray(levels.movedim(1, 3).cpu().numpy())


def drawn_window(speech: FloatArray, rng: np.random.Generator) -> Tensor:
    """Six seconds of samples `(96000,)` from a random place, as another microphone in another room would have them.

    Less is repeated, as it is when a voice is heard.
    """
    length = round(SECONDS * RATE)
    first = int(rng.integers(max(len(speech) - length, len(speech) // 4) + 1)) if len(speech) > RATE else 0
    part = np.array(speech[first : first + length], np.float32)
    # A speed within 4 % leaves a voice whose it is.
    speed = float(np.exp(rng.uniform(-0.04, 0.04)))
    part = np.interp(np.arange(0, len(part) - 1, speed), np.arange(len(part)), part).astype(np.float32)
    tilt = rng.uniform(-0.3, 0.3)
    part[1:] = part[1:] - np.float32(tilt) * part[:-1]
    level = float(np.sqrt(np.mean(part**2))) * 10 ** (-rng.uniform(15, 45) / 20)
    part += level * rng.standard_normal(len(part), dtype=np.float32)
    return tiled(torch.from_numpy(part))


def whole_windows(speech: FloatArray) -> Tensor:
    """Samples `(n,)` as six-second windows, `(B, 96000)`, one every three seconds; what is shorter is repeated."""
    length, hop = round(SECONDS * RATE), round(SECONDS * RATE / 2)
    starts = range(0, max(len(speech) - length, 0) + 1, hop)
    samples = torch.from_numpy(np.array(speech, np.float32))
    return torch.stack([tiled(samples[start : start + length]) for start in starts])
