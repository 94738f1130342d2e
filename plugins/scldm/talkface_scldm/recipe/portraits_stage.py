"""Stage `portraits`: the decoder draws what the frozen encoder saw before a plain backdrop, finer and sharper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_scldm.face_networks import FaceDecoder, FaceEncoder
from talkface_scldm.recipe.alignment_stage import begun, restored
from talkface_scldm.recipe.data import Voices, pictures, pixels_of
from talkface_scldm.recipe.gallery import Gallery
from talkface_scldm.recipe.imaginings import Imaginations
from talkface_scldm.recipe.portraits import Portraits
from talkface_scldm.recipe.settings import Settings
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_trainer.dataset import Clip
from talkface_trainer.discriminators import PatchDiscriminator
from talkface_trainer.losses import feature_matching_loss, lsgan_discriminator_loss, lsgan_generator_loss
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network

SHOWN = 8
"""Held-out clips, at most, of each split that are validated on."""


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
            batch |= {"seen": pictures(seen), "shares": torch.block_diag(*shares)}  # type: ignore[no-untyped-call]
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
