"""Latents that the trained U-Net makes, each with the portraits that it stands for: what the decoder is given in use.

Dimension letters: B voices, N portraits, C channels of z, L side of z.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import nnls
from torch import Tensor

from talkface_scldm.denoiser import Denoiser
from talkface_scldm.face_networks import FaceEncoder
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.networks import imagined, schedule_of
from talkface_scldm.recipe.alignment_stage import restored
from talkface_scldm.recipe.data import drawn_window, pictures
from talkface_scldm.recipe.gallery import Gallery, Place
from talkface_scldm.recipe.settings import Settings
from talkface_scldm.spectrogram import spectrogram
from talkface_scldm.speech_encoder import Heard, SpeechEncoder
from talkface_studio.api.values import FloatArray
from talkface_trainer.dataset import Clip

STEPS = 25
"""Of DDIM."""
TOGETHER = 16
"""Voices, at most, that faces are made of at once."""
KNOWN = 0.5
"""Part of the voices that is one speaker's; the others are mixtures of two or three, as a stranger's may be."""
LEAST = 0.06
"""A portrait of a smaller share is left out."""


class Imagining(NamedTuple):
    """What the U-Net made of a voice."""

    latent: Tensor
    """`(C, L, L)`."""
    places: list[Place]
    """The N portraits that it stands for."""
    shares: FloatArray
    """Theirs, `(N,)`, which sum to 1."""


class Imaginations:
    """Makes them, with the networks that stage `diffusion` left."""

    def __init__(self, gallery: Gallery, settings: Settings, source: Path, encoder: FaceEncoder) -> None:
        voices = self.voices = gallery.voices
        self.settings, self.config = settings.portraits, settings.model
        self.device = next(encoder.parameters()).device
        self.speech = SpeechEncoder(self.config.speech).to(self.device).eval()
        self.denoiser = Denoiser(self.config, self.speech.channels).to(self.device).eval()
        self.space = LatentSpace(self.config).to(self.device)
        restored(source, {"speech": self.speech, "denoiser": self.denoiser, "space": self.space})
        self.places = gallery.all
        with torch.inference_mode():
            seen = [encoder(pictures([voices.picture(*place)]).to(self.device)) for place in self.places]
        self.known: FloatArray = torch.cat(seen).flatten(1).float().cpu().numpy()

    def made(self, count: int, seed: int) -> list[Imagining]:
        """A number of them, the same ones for the same seed."""
        rng = np.random.default_rng((seed, 5))
        made: list[Imagining] = []
        while len(made) < count:
            made += self._together(min(TOGETHER, count - len(made)), rng)
        return made

    def _together(self, count: int, rng: np.random.Generator) -> list[Imagining]:
        people = [self._people(rng) for _ in range(count)]
        heard = [self._heard(each, rng) for each in people]
        noise = torch.from_numpy(rng.standard_normal((count, *self.config.face.latent), dtype=np.float32))
        with torch.inference_mode():
            latents = imagined(
                self.denoiser,
                self.space,
                schedule_of(self.config),
                Heard(*(torch.cat(parts) for parts in zip(*heard, strict=True))),
                noise.to(self.device),
                steps=STEPS,
            )
        latents = latents.float().cpu().clone()
        return [self._explained(latent, clips) for latent, clips in zip(latents, people, strict=True)]

    def _people(self, rng: np.random.Generator) -> list[Clip]:
        """Clips of one, two or three speakers."""
        count = 1 if rng.random() < KNOWN else int(rng.integers(2, 4))
        chosen: dict[str, Clip] = {}
        for _ in range(count):
            clip = self.voices.dataset.sample_clip(rng, balance=self.settings.balance)
            chosen[clip.speaker] = clip
        return list(chosen.values())

    def _heard(self, clips: Sequence[Clip], rng: np.random.Generator) -> Heard:
        windows = torch.stack([drawn_window(clip.speech, rng) for clip in clips]).to(self.device)
        shares = torch.from_numpy(rng.dirichlet(np.ones(len(clips)))).float().to(self.device)
        with torch.inference_mode():
            heard = self.speech(spectrogram(windows, self.config.speech))
        return Heard(*(torch.tensordot(shares, part.float(), dims=1)[None] for part in heard))

    def _explained(self, latent: Tensor, clips: Sequence[Clip]) -> Imagining:
        """With the nearest portrait of its one speaker, or with those whose mean is nearest."""
        wanted = latent.flatten().numpy()
        if len(clips) == 1:
            own = [number for number, place in enumerate(self.places) if place.clip.speaker == clips[0].speaker]
            nearest = own[int(np.linalg.norm(self.known[own] - wanted, axis=1).argmin())]
            return Imagining(latent, [self.places[nearest]], np.ones(1, np.float32))
        shares = nearest_mean(self.known, wanted)
        kept = np.flatnonzero(shares >= min(LEAST, shares.max()))
        part = np.asarray(shares[kept] / shares[kept].sum(), np.float32)
        return Imagining(latent, [self.places[int(number)] for number in kept], part)


def nearest_mean(points: FloatArray, wanted: FloatArray) -> FloatArray:
    """Shares `(N,)`, none negative and together 1, of the points `(N, D)` whose mean is nearest to `wanted` `(D,)`."""
    # A last row so heavy that the shares cannot but sum to 1.
    heavy = 100 * float(np.abs(points).max()) * np.sqrt(points.shape[1])
    rows = np.vstack([points.T, np.full(len(points), heavy)]).astype(np.float64)
    shares, _ = nnls(rows, np.append(wanted, heavy).astype(np.float64))
    return np.asarray(shares / shares.sum(), np.float32)
