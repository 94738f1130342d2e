"""What the decoder learns to draw: portraits, mixtures of two, means of several people's latents, imagined ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from talkface_scldm.recipe.composites import composite
from talkface_scldm.recipe.data import Framing, cut
from talkface_scldm.recipe.gallery import Gallery, Place
from talkface_scldm.recipe.imaginings import Imaginations, Imagining
from talkface_scldm.recipe.settings import Settings
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_trainer.morphs import SHARES, Seen, morph

BLENDED = 16
"""Portraits, at most, among which those for a mean of latents are chosen, one of a speaker."""
EVENNESS = 0.7
"""Of the shares in it; below 1 there is mostly one that is larger than the others."""
ALONE, NOTHING = np.ones(1, np.float32), np.zeros(0, np.float32)
"""Shares."""


class Portrait(NamedTuple):
    """What the decoder is given, and what it should draw of it: the latent is the mean of what is seen, or is given."""

    seen: list[ByteArray]
    """Faces for the encoder, uint8 `(S, S, 3)`."""
    shares: FloatArray
    """Of each in the mean."""
    given: Tensor | None
    """`(C, L, L)`, where nothing is seen."""
    drawn: ByteArray
    """Of the decoder's side, uint8 `(S, S, 3)`."""


class Portraits:
    """Portraits of the training clips, of mixtures of speakers, and of what diffusion makes."""

    def __init__(self, settings: Settings, gallery: Gallery, imaginations: Imaginations) -> None:
        self.voices, self.training = gallery.voices, settings.portraits
        self.gallery, self.imaginations = gallery, imaginations
        self._mixed: dict[int, tuple[ByteArray, ByteArray]] = {}
        self._blended: dict[int, tuple[list[Place], FloatArray, ByteArray]] = {}
        self._imagined: list[Imagining] = []
        self._imagined_crops: dict[int, ByteArray] = {}

    def drawn(self, rng: np.random.Generator, seed: int) -> Portrait:
        """A random one, perhaps seen in a mirror."""
        training, kind = self.training, float(rng.random())
        mirror = bool(rng.random() < 0.5)
        if kind < training.imagined:
            return self._imagining(int(rng.integers(training.imaginings)), seed)
        if kind < training.imagined + training.blends:
            return self._blend(int(rng.integers(training.imaginings)), seed, Framing(mirror=mirror))
        if rng.random() < training.mixtures:
            seen, crop = self._mixture(int(rng.integers(training.mixed)), seed)
        else:
            place = self._place(rng)
            seen, crop = np.asarray(place.clip.crops[place.frame]), self.voices.studio_crop(*place)
        framing = Framing(mirror=mirror)
        return Portrait([self._cut(seen, framing)], ALONE, None, self._cut(crop, framing, drawn=True))

    def _cut(self, crop: ByteArray, framing: Framing, *, drawn: bool = False) -> ByteArray:
        face = self.voices.config.face
        return cut(crop, self.voices.dataset.layout, face.drawn_side if drawn else face.side, framing)

    def _place(self, rng: np.random.Generator) -> Place:
        return self.gallery.drawn(rng, self.training.balance)

    def _mixture(self, number: int, seed: int) -> tuple[ByteArray, ByteArray]:
        """Of two clips, the same one for the same number."""
        if number not in self._mixed:
            rng = np.random.default_rng((seed, number, 4))
            places = [self._place(rng), self._place(rng)]
            share = float(rng.uniform(*SHARES))
            meshes = [clip.landmarks[frame][:, :2] for clip, frame in places]
            first, second = zip(
                *((np.asarray(clip.crops[frame]), self.voices.studio_crop(clip, frame)) for clip, frame in places),
                strict=True,
            )
            seen = morph(Seen(first[0], meshes[0]), Seen(first[1], meshes[1]), share)
            made = morph(Seen(second[0], meshes[0]), Seen(second[1], meshes[1]), share)
            self._mixed[number] = seen, made
        return self._mixed[number]

    def _blend(self, number: int, seed: int, framing: Framing) -> Portrait:
        """Of two to all speakers, the same one for the same number."""
        if number not in self._blended:
            rng = np.random.default_rng((seed, number, 6))
            by_speaker = {place.clip.speaker: place for place in (self._place(rng) for _ in range(BLENDED))}
            places = list(by_speaker.values())[: int(rng.integers(2, BLENDED))]
            shares = np.asarray(rng.dirichlet(np.full(len(places), EVENNESS)), np.float32)
            self._blended[number] = places, shares, self._composite(places, shares)
        places, shares, crop = self._blended[number]
        seen = [self._cut(np.asarray(clip.crops[frame]), framing) for clip, frame in places]
        return Portrait(seen, shares, None, self._cut(crop, framing, drawn=True))

    def _imagining(self, number: int, seed: int) -> Portrait:
        if not self._imagined:
            self._imagined = self.imaginations.made(self.training.imaginings, seed)
        latent, places, shares = self._imagined[number]
        if number not in self._imagined_crops:
            self._imagined_crops[number] = self._composite(places, shares)
        return Portrait([], NOTHING, latent, self._cut(self._imagined_crops[number], Framing(), drawn=True))

    def _composite(self, places: Sequence[Place], shares: FloatArray) -> ByteArray:
        people = [self.voices.cutout(*place) for place in places]
        return (people[0] if len(people) == 1 else composite(people, shares)).shown()
