"""From prepared clips to what the stages draw from: frames, speech, lip shapes, manners.

Dimension letters: N frames of a clip, F frames of a passage, K components of a lip shape, S side of a frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_speech2video.config import SAMPLE_RATE, Speech2VideoConfig
from talkface_speech2video.hearing import voiced_steps
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import BROWS, EYE_OUTER, LIPS
from talkface_studio.api.values import ByteArray, CropLayout, FloatArray
from talkface_trainer.dataset import FRAME_RATE, Clip, Dataset

SAMPLES_A_FRAME = round(SAMPLE_RATE / FRAME_RATE)
FEW_CLIPS = 10
"""A speaker with fewer clips, and none held out, is measured on the end of each clip that training does not see."""
SEEN_SHARE = 0.6
"""Share of such a clip that training sees."""
EYELIDS = ((159, 145), (386, 374))
NOSE_TIP = 4
HELD = 4
"""Numbers of a manner that tell of head and eyes; the rest tell of the background."""
LARGEST_MANNER = 4.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive frames of a clip, `first` to `stop`."""

    clip: Clip
    first: int
    stop: int

    @property
    def frames(self) -> int:
        """F."""
        return self.stop - self.first

    @property
    def speaker(self) -> str:
        """Who speaks."""
        return self.clip.speaker

    def samples(self) -> FloatArray:
        """The speech of exactly these frames, float32 `(640 * F,)`."""
        begin = round(float(self.clip.times[self.first]) * SAMPLE_RATE)
        found = np.array(self.clip.speech[max(begin, 0) : begin + self.frames * SAMPLES_A_FRAME])
        return np.pad(found, (0, self.frames * SAMPLES_A_FRAME - len(found)))

    def mesh(self, index: int, size: int) -> FloatArray:
        """Landmarks of a frame by its number in the passage, in pixels of a picture of side `size`, `(478, 2)`."""
        points = np.array(self.clip.landmarks[self.first + index][:, :2])
        return np.asarray((points + 0.5) * size / self.clip.crops.shape[1] - 0.5, np.float32)

    def pictures(self, index: NDArray[np.int64], size: int) -> ByteArray:
        """Frames by their number in the passage, uint8 `(n, S, S, 3)`."""
        crops = self.clip.crops
        return np.stack(
            [cv2.resize(crops[self.first + int(i)], (size, size), interpolation=cv2.INTER_AREA) for i in index]
        ).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class LipBasis:
    """Principal components of lips: `mean` `(80,)`, `basis` `(K, 80)`, each divided by its deviation; `rest` `(K,)`."""

    mean: FloatArray
    basis: FloatArray
    rest: FloatArray


class Voices:
    """The passages of a data set, and what the lips and heads in them do."""

    def __init__(self, dataset: Dataset, config: Speech2VideoConfig, most: int = 0) -> None:
        """Of at most `most` training clips of a speaker; 0 means all."""
        self.dataset, self.config = dataset, config
        training, self.seen = _passages(dataset)
        self.training = _thinned(training, most)
        self.unseen = tuple(Passage(clip, 0, clip.frames) for clip in dataset.clips("val_unseen"))
        self.speakers = tuple(sorted({passage.speaker for passage in self.training}))
        self.by_speaker = {
            name: [i for i, passage in enumerate(self.training) if passage.speaker == name] for name in self.speakers
        }
        """Numbers of each speaker's training passages."""
        self._lips = {passage.clip.id: _lips(passage.clip) for passage in self.training}
        self._manners = {passage.clip.id: _manners(passage.clip) for passage in self.training}
        self._lip_means, self._manner_means = (self._means(table) for table in (self._lips, self._manners))
        moved = np.concatenate([self._manners[p.clip.id] - self._manner_means[p.speaker] for p in self.training])
        self._manner_scale = moved.std(axis=0) + 1e-6
        self.basis = self._fit_basis()
        self.kept: dict[str, Any] = {}
        """What stages of one run need again and do not compute twice."""

    @classmethod
    def open(cls, folder: Path, config: Speech2VideoConfig, most: int = 0) -> Voices:
        """Open a prepared data set.

        Raises:
            TrainingError: it is not one, or has no usable training clips.
        """
        dataset = Dataset(folder)
        if not dataset.clips("train"):
            raise TrainingError(f"{folder}: has no usable clips in the split 'train'")
        return cls(dataset, config, most)

    @property
    def layout(self) -> CropLayout:
        """The frames' layout."""
        return self.dataset.layout.resized(self.config.decoder.size)

    def draw(self, rng: np.random.Generator, balance: float) -> int:
        """The number of a random training passage: first a speaker, as often as (number of passages) ** balance."""
        weights = np.array([len(self.by_speaker[name]) for name in self.speakers], dtype=np.float64) ** balance
        own = self.by_speaker[self.speakers[int(rng.choice(len(self.speakers), p=weights / weights.sum()))]]
        return own[int(rng.integers(len(own)))]

    def lip_shapes(self, passage: Passage) -> FloatArray:
        """True lip shapes, float32 `(F, K)`; of a voice not trained on, about the clip's own mean."""
        lips = self._lips.get(passage.clip.id)
        if lips is None:
            lips = _lips(passage.clip)
        mean = self._lip_means.get(passage.speaker)
        own = lips - (lips.mean(axis=0) if mean is None else mean)
        shapes = (own - self.basis.mean) @ self.basis.basis.T
        return np.asarray(shapes[passage.first : passage.stop], np.float32)

    def manners(self, passage: Passage) -> FloatArray:
        """How head and eyes are held, float32 `(F, 8)`, in deviations of the data set.

        Turned, bowed, eyes open, brows, about the speaker's mean; where the background lies in the crop, x and y, its
        size and its roll, about the clip's.
        """
        own = self._manners[passage.clip.id] - self._manner_means[passage.speaker]
        scaled = np.clip(own / self._manner_scale, -LARGEST_MANNER, LARGEST_MANNER)
        return np.asarray(scaled[passage.first : passage.stop], np.float32)

    def emotions(self) -> tuple[tuple[str, ...], list[NDArray[np.int64]]]:
        """Names of emotions, and the one of every frame of every training passage.

        Labelled where the clips' notes say "emotion=NAME"; otherwise groups of alike brows, eyes and mouth corners that
        stand in for emotions.
        """
        noted = [re.search(r"emotion=(\w+)", passage.clip.record.note) for passage in self.training]
        if all(noted):
            named = [found.group(1) for found in noted if found is not None]
            names = tuple(sorted(set(named)))
            return names, [
                np.full(passage.frames, names.index(name)) for passage, name in zip(self.training, named, strict=True)
            ]
        return self._groups()

    def _groups(self) -> tuple[tuple[str, ...], list[NDArray[np.int64]]]:
        from scipy.cluster.vq import kmeans2, vq

        count = self.config.students.emotion
        features = [np.hstack([self.manners(p)[:, 2:], self.lip_shapes(p)[:, :2]]) for p in self.training]
        every = np.concatenate(features).astype(np.float64)
        some = every[:: max(1, len(every) // 4000)]
        centres, _ = kmeans2(some, count, seed=0, minit="++", missing="warn") if len(some) > count else (some, None)
        return tuple(f"expression {i + 1}" for i in range(count)), [
            vq(own.astype(np.float64), centres)[0].astype(np.int64) for own in features
        ]

    def _means(self, table: dict[str, FloatArray]) -> dict[str, FloatArray]:
        return {
            name: np.concatenate(
                [table[self.training[i].clip.id][self.training[i].first : self.training[i].stop] for i in own]
            ).mean(axis=0)
            for name, own in self.by_speaker.items()
        }

    def _fit_basis(self) -> LipBasis:
        size = max(self.config.articulation.size, 2)
        moved, still = [], []
        for passage in self.training:
            own = (self._lips[passage.clip.id] - self._lip_means[passage.speaker])[passage.first : passage.stop]
            quiet = voiced_steps(passage.samples()).reshape(passage.frames, -1).max(axis=1) == 0
            moved.append(own)
            still.append(own[quiet])
        every = np.concatenate(moved)
        mean = every.mean(axis=0)
        values, axes = np.linalg.eigh(np.cov(every - mean, rowvar=False))
        order = np.argsort(values)[::-1][:size]
        basis = axes[:, order].T / np.sqrt(np.maximum(values[order], 1e-12))[:, None]
        quiet = np.concatenate(still)
        rest = ((quiet if len(quiet) > 10 else every) - mean) @ basis.T
        return LipBasis(*(np.asarray(part, np.float32) for part in (mean, basis, np.median(rest, axis=0))))


def _passages(dataset: Dataset) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """What is trained on, and what is measured of the same speakers."""
    training, held = [], [Passage(clip, 0, clip.frames) for clip in dataset.clips("val")]
    measured = {passage.speaker for passage in held}
    for speaker in dataset.speakers("train"):
        clips = dataset.clips("train", speaker)
        if speaker in measured:
            training += [Passage(clip, 0, clip.frames) for clip in clips]
        elif len(clips) >= FEW_CLIPS:
            training += [Passage(clip, 0, clip.frames) for clip in clips[:-2]]
            held += [Passage(clip, 0, clip.frames) for clip in clips[-2:]]
        else:
            cuts = [(clip, round(SEEN_SHARE * clip.frames)) for clip in clips]
            training += [Passage(clip, 0, cut) for clip, cut in cuts]
            held += [Passage(clip, cut, clip.frames) for clip, cut in cuts]
    return tuple(training), tuple(held)


def _thinned(passages: tuple[Passage, ...], most: int) -> tuple[Passage, ...]:
    if not most:
        return passages
    kept = []
    for speaker in dict.fromkeys(passage.speaker for passage in passages):
        own = [passage for passage in passages if passage.speaker == speaker]
        kept += [own[int(i)] for i in np.linspace(0, len(own) - 1, min(most, len(own))).round()]
    return tuple(kept)


def _in_eye_distances(clip: Clip) -> FloatArray:
    mesh = np.asarray(clip.landmarks)[:, :, :2]
    eyes = mesh[:, list(EYE_OUTER)]
    unit = np.linalg.norm(eyes[:, 0] - eyes[:, 1], axis=1).mean()
    return (mesh / max(float(unit), 1e-6)).astype(np.float32)


def _lips(clip: Clip) -> FloatArray:
    return _in_eye_distances(clip)[:, LIPS].reshape(clip.frames, -1)


def _manners(clip: Clip) -> FloatArray:
    mesh = _in_eye_distances(clip)
    eyes = mesh[:, list(EYE_OUTER)].mean(axis=1)
    lids = np.mean([mesh[:, low, 1] - mesh[:, high, 1] for high, low in EYELIDS], axis=0)
    held = [
        mesh[:, NOSE_TIP, 0] - eyes[:, 0],
        mesh[:, NOSE_TIP, 1] - eyes[:, 1],
        lids,
        mesh[:, BROWS, 1].mean(axis=1) - eyes[:, 1],
    ]
    return np.column_stack([*held, _background(clip)]).astype(np.float32)


def _background(clip: Clip) -> FloatArray:
    """Where the crop shows what stands still in the frame, `(N, 4)`: x, y, log of the size, angle."""
    matrices = np.asarray(clip.matrices, np.float64)
    turn, shift = matrices[:, :, :2], matrices[:, :, 2]
    middle = np.full(2, clip.crops.shape[1] / 2)
    point = np.linalg.solve(turn, (middle - shift)[:, :, None])[:, :, 0].mean(axis=0)
    place = turn @ point + shift
    size, angle = np.log(np.hypot(turn[:, 0, 0], turn[:, 1, 0])), np.arctan2(turn[:, 1, 0], turn[:, 0, 0])
    placed = np.column_stack([place, size, angle])
    return np.asarray(placed - placed.mean(axis=0), np.float32)
