"""Stages `vg` and `gan`: a photo and true landmarks to frames, from pixels alone and then against the discriminator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_atvg.discriminator import RegressionDiscriminator
from talkface_atvg.mouth import mouth_maps, prepared_photos
from talkface_atvg.recipe.data import NormalisedClips, central_crop, sample_window
from talkface_atvg.recipe.losses import (
    discriminator_loss,
    generator_loss,
    landmark_loss,
    mouth_weights,
    pixel_loss,
)
from talkface_atvg.recipe.settings import Settings, VgTraining
from talkface_atvg.vg_net import VgNet, VgOutput
from talkface_studio.api.landmarks import IBUG68, LIPS, lip_opening
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device, FloatArray
from talkface_studio.nn.weights import load_module, read_tensors
from talkface_trainer.dataset import Clip
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network


class VgStage(Stage):
    """VG-net, and where the settings give it a say its discriminator, one step of each in turn.

    `start` holds the weights of an earlier stage to begin with.
    """

    def __init__(
        self,
        clips: NormalisedClips,
        settings: Settings,
        training: VgTraining,
        *,
        mean: Tensor,
        start: Path | None,
        device: Device,
    ) -> None:
        self.clips, self.settings, self.training = clips, settings, training
        self.device = torch.device(device.torch_name)
        self.net = VgNet(settings.model.vg_net).to(self.device)
        initialise(self.net)
        if settings.model.vg_net.input_gain != 1.0:
            self.net.centre.copy_(mean)
        if start is not None:
            tensors, _ = read_tensors(start)
            load_module(self.net, tensors, origin=str(start))
        self.modules: dict[str, nn.Module] = {"vg_net": self.net}
        betas = (training.momentum, 0.999)
        self.optimizers = {"vg_net": torch.optim.Adam(self.net.parameters(), lr=training.rate, betas=betas)}
        self.averaged = ("vg_net",)
        self._discriminator: RegressionDiscriminator | None = None
        if training.adversarial_weight or training.landmark_weight:
            self._discriminator = RegressionDiscriminator(settings.model.discriminator).to(self.device)
            initialise(self._discriminator)
            self.modules["discriminator"] = self._discriminator
            self.optimizers["discriminator"] = torch.optim.Adam(
                self._discriminator.parameters(), lr=training.rate, betas=betas
            )
        self._weights = mouth_weights(training.mouth_mask, self.device)
        self._perceptual: PerceptualLoss | None = None
        if training.perceptual_weight:
            network = perceptual_network()
            self._perceptual = PerceptualLoss(network).to(self.device)
            self.facts = {"perceptual": network.name}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips as uint8 pictures `(B, T, H, H, 3)` and landmarks in network units."""
        rng = np.random.default_rng((seed, step, 2))
        training = self.training
        windows = [
            sample_window(
                self.clips,
                rng,
                count=training.window,
                candidates=training.pose_candidates,
                augment=training.augment,
                balance=training.balance,
                open_share=training.open_share,
            )
            for _ in range(training.batch)
        ]
        return {
            "frames": torch.from_numpy(np.stack([window.frames for window in windows])),
            "photo": torch.from_numpy(np.stack([window.photo for window in windows])),
            "landmarks": torch.from_numpy(np.stack([window.landmarks for window in windows])),
            "example": torch.from_numpy(np.stack([window.example for window in windows])),
            "mouth": torch.from_numpy(np.stack([window.mouth for window in windows])),
            "source": np.stack([window.source for window in windows]),
            "target": np.stack([window.target for window in windows]),
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """One step of the discriminator, then one of the generator."""
        training = self.training
        truth = to_network(batch["frames"])
        output = self._render_window(batch, context)
        losses: dict[str, float] = {}
        if self._discriminator is not None:
            losses = self._discriminate(self._discriminator, output, batch, context)
        extra = training.mouth_weight * batch["mouth"][:, None, None]
        if training.inner_weight:
            extra = extra + training.inner_weight * self._inner_mouths(batch)
        pixel = pixel_loss(output.frames, truth, output.attention, extra)
        loss = training.pixel_weight * pixel
        losses |= {"pixel": pixel.item(), "attention": output.attention.mean().item()}
        if self._perceptual is not None:
            distance = self._perceptual_distance(output.frames, truth, context)
            loss = loss + training.perceptual_weight * distance
            losses["perceptual"] = distance.item()
        if self._discriminator is not None:
            adversarial, parts = self._adversarial(self._discriminator, output, batch, context)
            loss = loss + adversarial
            losses |= parts
        context.optimize("vg_net", loss)
        return losses | {"loss": loss.item()}

    def _inner_mouths(self, batch: Mapping[str, Any]) -> Tensor:
        """Where the inner mouth is in each frame, `(B, T, 1, H, W)`."""
        target = as_array(batch["target"])
        places = target.reshape(-1, 68, 2)
        maps = mouth_maps(places, places, self.settings.model.vg_net.crop).to(self.device)
        return maps[:, 2:3].reshape(*target.shape[:2], 1, *maps.shape[2:])

    def _render_window(self, batch: Mapping[str, Any], context: TrainContext) -> VgOutput:
        """All frames of the windows, each with its own photo where the photo is warped: outputs `(B, T, ...)`."""
        landmarks = batch["landmarks"]
        B, T = int(landmarks.shape[0]), int(landmarks.shape[1])
        photo = to_network(batch["photo"])
        model = self.settings.model.vg_net
        if not model.warp_photo:
            with context.autocast():
                whole: VgOutput = self.net(photo, landmarks[:, :, -1], batch["example"])
            return whole
        source = np.repeat(as_array(batch["source"]), T, axis=0)
        target = as_array(batch["target"]).reshape(B * T, 68, 2)
        photos = prepared_photos(photo.repeat_interleave(T, dim=0), source, target, model)
        example = batch["example"].repeat_interleave(T, dim=0)
        with context.autocast():
            output = self.net.render_last(photos, landmarks.flatten(0, 1), example)
        return VgOutput(*(item.reshape(B, T, *item.shape[2:]) for item in output))

    def _discriminate(
        self,
        judge: RegressionDiscriminator,
        output: VgOutput,
        batch: Mapping[str, Any],
        context: TrainContext,
    ) -> dict[str, float]:
        truth, landmarks, example = to_network(batch["frames"]), batch["landmarks"][:, :, -1], batch["example"]
        with context.autocast():
            real, real_shown = judge(truth, example)
            fake, fake_shown = judge(output.frames.detach(), example)
        judged = discriminator_loss(real.float(), fake.float())
        shown = landmark_loss(real_shown.float(), landmarks, self._weights) + landmark_loss(
            fake_shown.float(), landmarks, self._weights
        )
        context.optimize("discriminator", judged + max(self.training.landmark_weight, 0.01) * shown)
        return {"discriminator": judged.item(), "discriminator_landmark": shown.item()}

    def _adversarial(
        self,
        judge: RegressionDiscriminator,
        output: VgOutput,
        batch: Mapping[str, Any],
        context: TrainContext,
    ) -> tuple[Tensor, dict[str, float]]:
        training = self.training
        if context.progress < training.adversarial_start:
            return torch.zeros((), device=self.device), {}
        # The generator's loss must not leave gradients in the discriminator for its next step.
        judge.requires_grad_(requires_grad=False)
        try:
            with context.autocast():
                fake, shown = judge(output.frames, batch["example"])
        finally:
            judge.requires_grad_(requires_grad=True)
        judged = generator_loss(fake.float())
        landmark = landmark_loss(shown.float(), batch["landmarks"][:, :, -1], self._weights)
        loss = training.adversarial_weight * judged + training.landmark_weight * landmark
        return loss, {"generator": judged.item(), "generator_landmark": landmark.item()}

    def _perceptual_distance(self, frames: Tensor, truth: Tensor, context: TrainContext) -> Tensor:
        assert self._perceptual is not None
        count = min(self.training.perceptual_frames, frames.shape[0] * frames.shape[1])
        chosen = torch.randperm(frames.shape[0] * frames.shape[1])[:count]
        with context.autocast():
            distance: Tensor = self._perceptual(
                *(_mouths(pictures.flatten(0, 1)[chosen]) for pictures in (frames, truth))
            )
        return distance

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Mean absolute error (0..255) in the mouth box, whole and for the example copied, on both held-out splits."""
        measures = {}
        for split, clips in self.clips.held_out().items():
            errors = [self._errors(modules["vg_net"], clip) for clip in _spread(clips, 8)]
            for name in errors[0]:
                measures[f"{split}_{name}"] = float(np.mean([error[name] for error in errors]))
        return measures

    def _errors(self, net: VgNet, clip: Clip) -> dict[str, float]:
        chosen, example = _test_frames(clip)
        rendered, truth, photo = self._render(net, clip, chosen, example)
        box = _mouth_box(clip, chosen, truth.shape[1])
        ours = np.abs(rendered.astype(np.float32) - truth)
        copied = np.abs(photo[None].astype(np.float32) - truth)
        return {
            "mouth_error": float(ours[:, box[1] : box[3], box[0] : box[2]].mean()),
            "copy_mouth_error": float(copied[:, box[1] : box[3], box[0] : box[2]].mean()),
            "error": float(ours.mean()),
        }

    def _render(
        self, net: VgNet, clip: Clip, chosen: Sequence[int], example: int
    ) -> tuple[ByteArray, ByteArray, ByteArray]:
        side = self.settings.model.vg_net.crop
        rows = torch.from_numpy(self.clips.rows(clip)).to(self.device)
        photo = central_crop(np.asarray(clip.crops[example]), side)
        span = max(self.settings.model.vg_net.gru_span, 1)
        index = np.maximum(np.array(chosen)[:, None] + np.arange(1 - span, 1), 0)
        photos = to_network(torch.from_numpy(photo.copy()))[None].to(self.device)
        model = self.settings.model.vg_net
        margin = (clip.crops.shape[1] - side) / 2
        source = np.asarray(clip.landmarks[example])[None, IBUG68, :2] - margin
        source = np.repeat(source, len(chosen), axis=0).astype(np.float32)
        target = (np.asarray(clip.landmarks[chosen])[:, IBUG68, :2] - margin).astype(np.float32)
        photos = prepared_photos(photos, source, target, model)
        with torch.inference_mode():
            output = net.render_last(photos, rows[index], rows[example][None])
        rendered = to_pixels(output.frames[:, 0])
        return rendered, central_crop(np.asarray(clip.crops[chosen]), side), photo

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """For some clips of each held-out split: the example, then truth above and rendering below."""
        pictures = []
        for split, clips in self.clips.held_out().items():
            rows = []
            for clip in _spread(clips, 4):
                chosen, example = _test_frames(clip)
                rendered, truth, photo = self._render(modules["vg_net"], clip, chosen, example)
                left = np.vstack([photo, np.zeros_like(photo)])
                right = np.vstack([np.hstack(list(truth)), np.hstack(list(rendered))])
                rows.append(np.hstack([left, right]))
            pictures.append((split, np.vstack(rows)))
        return pictures


def initialise(network: nn.Module) -> None:
    """Weights of convolutions from He's normal distribution, biases 0.

    The authors' standard deviation of 0.02 relies on the batch norms that the compact network does not have. A colour
    head that adds to the photo begins by adding next to nothing.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            fan = module.weight[0].numel() if isinstance(module, nn.Conv2d) else module.weight[:, 0].numel()
            nn.init.normal_(module.weight, 0.0, min((2.0 / fan) ** 0.5, 0.2))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    if isinstance(network, VgNet) and network.config.head == "add":
        nn.init.normal_(network.colour.weight, 0.0, 0.01)


def _mouths(frames: Tensor) -> Tensor:
    """The middle of the lower half at twice its size, in 0..1: `(N, 3, H, W)` in -1..1 to the same shape.

    It holds the mouth of every aligned face; the rest would only dilute a distance of whole pictures.
    """
    H, W = frames.shape[-2:]
    lower = frames[..., H // 2 :, W // 4 : W - W // 4]
    return (nn.functional.interpolate(lower, scale_factor=2, mode="bilinear", align_corners=False) + 1) / 2


def as_array(values: Tensor | FloatArray) -> FloatArray:
    """Places that the loop may have moved to the device, back as an array."""
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()


def to_network(pictures: Tensor) -> Tensor:
    """uint8 `(..., H, W, 3)` to float32 `(..., 3, H, W)` in -1..1."""
    return pictures.movedim(-1, -3).float() / 127.5 - 1


def to_pixels(frames: Tensor) -> ByteArray:
    """`(N, 3, H, W)` in -1..1 to uint8 `(N, H, W, 3)`."""
    pixels: ByteArray = (
        ((frames.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).movedim(1, -1).cpu().numpy()
    )
    return pixels


def _spread(clips: Sequence[Clip], count: int) -> list[Clip]:
    """Up to `count` clips of different speakers where there are that many."""
    by_speaker: dict[str, Clip] = {}
    for clip in clips:
        by_speaker.setdefault(clip.speaker, clip)
    return [*by_speaker.values(), *(clip for clip in clips if clip not in by_speaker.values())][:count]


def _test_frames(clip: Clip) -> tuple[list[int], int]:
    """Six frames from the most closed to the most open mouth, and the most closed as the example."""
    gaps: FloatArray = np.array([lip_opening(mesh) for mesh in clip.landmarks], dtype=np.float32)
    order = np.argsort(gaps, kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, 6).round().astype(int)].tolist()
    return chosen, int(order[len(order) // 20])


def _mouth_box(clip: Clip, chosen: Sequence[int], side: int) -> tuple[int, int, int, int]:
    margin = (clip.crops.shape[1] - side) / 2
    lips = clip.landmarks[chosen][:, LIPS, :2] - margin
    low = np.maximum(lips.min(axis=(0, 1)).astype(int) - 6, 0)
    high = np.minimum(lips.max(axis=(0, 1)).astype(int) + 7, side)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
