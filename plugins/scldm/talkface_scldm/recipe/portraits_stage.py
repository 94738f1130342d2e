"""Stage `portraits`: the decoder draws what the frozen encoder saw before a plain backdrop, finer and sharper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from talkface_scldm.face_networks import FaceDecoder, FaceEncoder
from talkface_scldm.recipe.alignment_stage import begun, restored
from talkface_scldm.recipe.composites import composite
from talkface_scldm.recipe.data import Framing, Voices, cut, pictures, pixels_of
from talkface_scldm.recipe.gallery import Gallery, Place
from talkface_scldm.recipe.imaginings import Imaginations, Imagining
from talkface_scldm.recipe.settings import Settings
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device, FloatArray
from talkface_trainer.dataset import Clip
from talkface_trainer.discriminators import PatchDiscriminator
from talkface_trainer.losses import feature_matching_loss, lsgan_discriminator_loss, lsgan_generator_loss
from talkface_trainer.morphs import SHARES, Seen, morph
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network

BLENDED = 16
"""Portraits, at most, among which those for a mean of latents are chosen, one of a speaker."""
EVENNESS = 0.7
"""Of the shares in it; below 1 there is mostly one that is larger than the others."""
SHOWN = 8
"""Held-out clips, at most, of each split that are validated on."""


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


ALONE = np.ones(1, np.float32)
NOTHING = np.zeros(0, np.float32)


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


class PortraitsStage(Stage):
    """See the module."""

    def __init__(self, voices: Voices, settings: Settings, alignment: Path, diffusion: Path, device: Device) -> None:
        self.voices, self.training = voices, settings.portraits
        self.device = torch.device(device.torch_name)
        self.encoder = FaceEncoder(settings.model.face).to(self.device)
        restored(alignment, {"encoder": self.encoder})
        self.encoder.eval().requires_grad_(requires_grad=False)
        gallery = Gallery(voices, self.training.faces)
        imaginations = Imaginations(gallery, settings, diffusion, self.encoder)
        self.portraits = Portraits(settings, gallery, imaginations)
        self.decoder = FaceDecoder(settings.model.face)
        begun(alignment, "decoder", self.decoder)
        self.judge = PatchDiscriminator(width=self.training.judge_width)
        self.perceptual: PerceptualLoss | None = None
        if self.training.perceptual_weight:
            self.perceptual = PerceptualLoss(perceptual_network().to(self.device))
            self.facts = {"perceptual": self.perceptual.network.name}
        self.modules = {"decoder": self.decoder, "judge": self.judge}
        self.averaged = ("decoder",)
        self.optimizers = {
            name: torch.optim.Adam(module.parameters(), lr=rate, betas=self.training.betas)
            for (name, module), rate in zip(
                self.modules.items(), (self.training.rate, self.training.judge_rate), strict=True
            )
        }

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Faces as they are seen, what each has in which latent, latents that are given, and faces to be drawn."""
        rng = np.random.default_rng((seed, step, 3))
        portraits = [self.portraits.drawn(rng, seed) for _ in range(self.training.batch)]
        latent = self.voices.config.face.latent
        batch = {
            "given": torch.stack([torch.zeros(latent) if each.given is None else each.given for each in portraits]),
            "drawn": pictures([each.drawn for each in portraits]),
        }
        seen = [face for each in portraits for face in each.seen]
        if seen:
            shares = [torch.from_numpy(each.shares)[None] for each in portraits]
            batch |= {"seen": pictures(seen), "shares": torch.block_diag(*shares)}
        return batch

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        training, truth = self.training, batch["drawn"]
        with context.autocast():
            with torch.no_grad():
                latents = batch["given"]
                if "seen" in batch:
                    latents = latents + torch.tensordot(batch["shares"], self.encoder(batch["seen"]).float(), dims=1)
            noise = training.latent_noise * latents.std() * torch.randn_like(latents)
            made = self.decoder(latents + noise).float()
        recorded = {"pixel": (made - truth).abs().mean()}
        loss = training.pixel_weight * recorded["pixel"]
        if self.perceptual is not None:
            with context.autocast():
                recorded["perceptual"] = self.perceptual((made + 1) / 2, (truth + 1) / 2)
            loss = loss + training.perceptual_weight * recorded["perceptual"]
        if context.step > training.quiet:
            recorded["judged"], deceived, features = self._judged(made, truth, context)
            loss = loss + training.adversarial_weight * deceived + training.feature_weight * features
        context.optimize("decoder", loss)
        return {name: value.item() for name, value in recorded.items()} | {"loss": loss.item()}

    def _judged(self, made: Tensor, truth: Tensor, context: TrainContext) -> tuple[Tensor, Tensor, Tensor]:
        """The discriminator's own loss, by which it learns, and the decoder's two."""
        with context.autocast():
            real, real_features = self.judge(truth)
            fake, _ = self.judge(made.detach())
        judged = lsgan_discriminator_loss(real, fake)
        context.optimize("judge", judged)
        # The decoder's loss must not leave gradients in the discriminator for its next step.
        self.judge.requires_grad_(requires_grad=False)
        try:
            with context.autocast():
                fake, fake_features = self.judge(made)
        finally:
            self.judge.requires_grad_(requires_grad=True)
        return judged, lsgan_generator_loss(fake), feature_matching_loss([real_features], [fake_features])

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """How well held-out faces are drawn."""
        measures = {}
        for split, clips in self.voices.held_out().items():
            made, truth = self._drawn(modules, clips[:: max(1, len(clips) // SHOWN)])
            measures[f"{split}_pixel"] = (made - truth).abs().mean().item()
        return measures

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """Faces of training and held-out speakers as they should be drawn, and below each how it is."""
        data = self.voices.dataset
        clips = [data.clips("train", speaker)[0] for speaker in data.speakers("train")[:14]]
        made, truth = self._drawn(modules, [*clips, *list(self.voices.held_out().values())[-1][:4]])
        return [("faces", np.vstack([np.hstack(list(pixels_of(row))) for row in (truth, made)]))]

    def _drawn(self, modules: Mapping[str, Any], clips: Sequence[Clip]) -> tuple[Tensor, Tensor]:
        seen = torch.cat([self.voices.portraits(clip, 1) for clip in clips]).to(self.device)
        truth = torch.cat([self.voices.drawn_portraits(clip, 1) for clip in clips]).to(self.device)
        return modules["decoder"](self.encoder(seen)), truth
