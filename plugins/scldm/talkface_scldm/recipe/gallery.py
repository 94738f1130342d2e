"""The portraits that a decoder may learn to draw: those whose outline is like that of their speaker's others.

Where a room is like the hair before it, a person is told from it badly: hair is lost, or a piece of the room is kept.
Dimension letters: N portraits, O side of an outline.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from talkface_scldm.recipe.data import PORTRAIT, Framing, Voices, cut
from talkface_studio.api.values import FloatArray
from talkface_trainer.dataset import Clip

OUTLINE = 48
"""O."""
SHOULDERS = 0.6
"""Where outlines end to be compared, below the eyes, in distances of the outer eye corners."""
PATCH = 5
"""Side, in pixels of an outline, of what would be missed where it is missing."""
UNLIKE = 0.4
"""Part of a patch in which an outline may differ from its speaker's usual one: edges move, locks and shelves do not."""
KEPT = 0.25
"""Part of a speaker's portraits that is kept at least."""
FEW = 3
"""Of fewer clips nothing is known to be usual."""


class Place(NamedTuple):
    """A portrait in the data set."""

    clip: Clip
    frame: int


class Gallery:
    """Portraits of the training clips by speaker."""

    def __init__(self, voices: Voices, faces: int) -> None:
        self.voices, self.data = voices, voices.dataset
        self.of: dict[str, list[Place]] = {}
        for speaker in self.data.speakers("train"):
            clips = self.data.clips("train", speaker)
            found = [Place(clip, int(frame)) for clip in clips for frame in voices.portrait_frames(clip, faces)]
            if len(clips) >= FEW:
                differences = unlikeness(np.stack([outline(voices, place) for place in found]))
                limit = max(UNLIKE, float(np.quantile(differences, KEPT)))
                found = [place for place, each in zip(found, differences, strict=True) if each <= limit]
            self.of[speaker] = found

    @property
    def all(self) -> list[Place]:
        """Of all speakers."""
        return [place for places in self.of.values() for place in places]

    def drawn(self, rng: np.random.Generator, balance: float) -> Place:
        """A random one; `balance` is that of `Dataset.sample_clip`."""
        places = self.of[self.data.sample_clip(rng, balance=balance).speaker]
        return places[int(rng.integers(len(places)))]


def outline(voices: Voices, place: Place) -> FloatArray:
    """The head's opacity, float32 `(O', O)`, framed as portraits are."""
    levels = (voices.cutout(*place).opacity * 255).round().astype(np.uint8)
    shown = cut(np.dstack([levels] * 3), voices.dataset.layout, OUTLINE, Framing())[..., 0]
    last = round((PORTRAIT.eye_height + SHOULDERS * PORTRAIT.eye_distance) * OUTLINE)
    return np.asarray(shown[:last] / np.float32(255), np.float32)


def unlikeness(outlines: FloatArray) -> FloatArray:
    """How far each of `(N, O', O)` differs from the median of all in the patch where it does most: `(N,)` in 0..1."""
    differences = np.abs(outlines - np.median(outlines, axis=0))
    return np.array([cv2.blur(each, (PATCH, PATCH)).max() for each in differences], np.float32)
