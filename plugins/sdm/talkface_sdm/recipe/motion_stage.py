"""Stage `motion`: speech and the last frame to the auxiliary motion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_sdm.config import POSE, SdmConfig
from talkface_sdm.head_motion import decoded, points
from talkface_sdm.motion_network import STRIDE, Auxiliary, Latent, MotionNetwork, interpolated
from talkface_sdm.recipe.data import MotionClips, MotionWindow, clip_window, motion_window
from talkface_sdm.recipe.losses import (
    auxiliary_loss,
    coordinate_weights,
    independence_loss,
    junction_loss,
    kl_weight,
    reconstruction_loss,
    regular_loss,
)
from talkface_sdm.recipe.settings import MotionTraining
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device
from talkface_trainer.evaluation import opening_agreement
from talkface_trainer.losses import kl_divergence

SPREAD = 3.0
"""Standard deviations of the training data that are 1 in normalised motion."""


class MotionStage(Stage):
    """The motion network on windows of prepared clips: L_total and what it needs in practice."""

    def __init__(self, clips: MotionClips, config: SdmConfig, training: MotionTraining, device: Device) -> None:
        self.clips, self.config, self.training = clips, config, training
        self.device = torch.device(device.torch_name)
        self.net = MotionNetwork(config).to(self.device)
        set_statistics(self.net, clips)
        self.weight = coordinate_weights(config.motion.size, training.mouth_weight, training.pose_weight).to(
            self.device
        )
        self.modules = {"motion": self.net}
        self.optimizers = {"motion": torch.optim.Adam(self.net.parameters(), lr=training.rate, betas=training.betas)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips; the names and shapes of `MotionWindow` with B in front."""
        return motion_batch(self.clips, self.training, self.training.batch, (seed, step, 1))

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """L_total = 5 L_reg + 2 L_ind + L_rec, with the divergence, the squared error and the junction."""
        with context.autocast():
            losses = motion_losses(
                self.net, batch, self.training, self.weight, step=context.step, progress=context.progress
            )
        context.optimize("motion", losses["loss"])
        return {name: value.item() for name, value in losses.items()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """On both held-out splits, running freely from the first frame; see `motion_measures`."""
        net = modules["motion"]
        return {
            f"{split}_{name}": value
            for split, clips in self.clips.held_out().items()
            for name, value in motion_measures(net, self.clips, clips).items()
        }


def motion_batch(clips: MotionClips, training: MotionTraining, size: int, seed: tuple[int, ...]) -> dict[str, Tensor]:
    """Random windows of past and future; see `MotionWindow`."""
    frames = training.past + training.future
    return window_batch(clips, size, seed, frames=frames, balance=training.balance, mirror=training.mirror)


def window_batch(
    clips: MotionClips, size: int, seed: tuple[int, ...], *, frames: int, balance: float, mirror: bool
) -> dict[str, Tensor]:
    """Random windows; see `motion_window`."""
    rng = np.random.default_rng(seed)
    windows = [motion_window(clips, rng, frames=frames, balance=balance, mirror=mirror) for _ in range(size)]
    return {
        item.name: torch.from_numpy(np.stack([getattr(window, item.name) for window in windows]))
        for item in fields(MotionWindow)
    }


def set_statistics(net: MotionNetwork, clips: MotionClips) -> None:
    """Give a network the training data's statistics."""
    known = {name: torch.from_numpy(values) for name, values in clips.statistics().items()}
    net.centre.copy_(known["motion_mean"])
    net.unit.copy_(SPREAD * known["motion_std"])
    net.rhythm_centre.copy_(known["rhythm_mean"])
    net.rhythm_unit.copy_(known["rhythm_std"])
    net.content.standardise(known["speech_mean"], known["speech_std"])


def motion_losses(
    net: MotionNetwork,
    batch: Mapping[str, Tensor],
    training: MotionTraining,
    weight: Tensor,
    *,
    step: int,
    progress: float,
) -> dict[str, Tensor]:
    """All losses of a batch, and `loss`, their weighted sum, as they are at a step of the stage."""
    truth = net.normalised(batch["motion"])
    past = training.past
    posterior, auxiliary = forced(net, batch, truth, past, own_share=training.own_share * progress)
    real = truth[:, past:]
    embedding = net.encoder(truth)
    rebuilt = net.decoder.reconstruct(embedding)
    losses = {
        "regular": regular_loss(truth[:, 1:], rebuilt[:, 1:], truth[:, :-1], rebuilt[:, :-1]),
        "reconstruction": reconstruction_loss(auxiliary.motion, real, weight),
        "auxiliary": auxiliary_loss(auxiliary.motion, real, weight),
        "junction": junction_loss(auxiliary.motion, real, truth[:, past - 1], training.junction_frames, weight),
        "kl": kl_divergence(posterior.mean, posterior.log_variance),
    }
    motion = net.config.motion
    if motion.pose_motion and motion.rhythm:
        losses["independence"] = independence_loss(
            net.encoder(auxiliary.rhythm), net.encoder(auxiliary.pose), motion.ind_mode
        )
    weights = {
        "regular": training.regular_weight,
        "reconstruction": training.reconstruction_weight,
        "auxiliary": training.auxiliary_weight,
        "junction": training.junction_weight,
        "kl": kl_weight(step, training.kl_weight, decay=training.kl_decay),
        "independence": training.independence_weight,
    }
    total = torch.stack([weights[name] * value for name, value in losses.items()]).sum()
    return losses | {"loss": total}


def forced(
    net: MotionNetwork, batch: Mapping[str, Tensor], truth: Tensor, past: int, *, own_share: float
) -> tuple[Latent, Auxiliary]:
    """The frames behind the first `past`, each predicted from the true one before it or, for a share, from its own.

    `truth` is normalised motion `(B, T, D)`. Z is drawn from what the truth says of it.
    """
    motion = net.config.motion
    content = net.content(batch["speech"])
    posterior = net.posterior(truth, content)
    B, T = truth.shape[:2]
    z = interpolated(posterior.drawn(torch.randn_like(posterior.mean)), STRIDE, 0, T)
    likely = net.drawn(content, torch.zeros_like(z))
    previous, frames = truth[:, past - 1], []
    own = torch.rand(T, B, 1, device=truth.device) < own_share
    for t in range(past, T):
        made = net.next(z[:, t], likely[:, t], previous, content[:, t])
        frames.append(made)
        previous = torch.where(own[t], made, truth[:, t])
    pose = torch.stack(frames, dim=1) if motion.pose_motion else torch.zeros_like(truth[:, past:])
    swing = net.rhythm_motion(batch["rhythm"])[:, past:] if motion.rhythm else torch.zeros_like(pose)
    return posterior, Auxiliary(content[:, past:], pose, swing)


def motion_measures(net: MotionNetwork, clips: MotionClips, held_out: tuple[Any, ...]) -> dict[str, float]:
    """Means over clips of the auxiliary motion with random z, running freely from the first frame.

    Those of `opening_agreement`; `pose_spread`, the standard deviation of the head's rotation over
    the true one; `variety`, the distance of two seeds' poses over the spread of one.
    """
    found: list[dict[str, float]] = []
    for clip in held_out[:40]:
        window = clip_window(clips, clip, 0, clip.frames)
        home = clips.of(clip).home
        real, *made = (
            decoded(values, home, clips.config.motion)
            for values in (window.motion, *(free_run(net, window, seed) for seed in (0, 1)))
        )
        gaps = [points(motion)[:, 66, 1] - points(motion)[:, 62, 1] for motion in (real, made[0])]
        spread = [float(motion[:, : POSE // 2].std(axis=0).mean()) for motion in (real, made[0])]
        apart = float(np.abs(made[0] - made[1])[:, : POSE // 2].mean())
        found.append(
            {
                **opening_agreement(*gaps),
                "pose_spread": spread[1] / max(spread[0], 1e-6),
                "variety": apart / max(spread[1], 1e-6),
            }
        )
    return {name: float(np.nanmean([each[name] for each in found])) for name in found[0]}


def free_run(net: MotionNetwork, window: MotionWindow, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The auxiliary motion `(T, D)` of a window from its first frame on, with a seed's z."""
    device = net.centre.device
    speech, rhythm, motion = (
        torch.from_numpy(values)[None].to(device) for values in (window.speech, window.rhythm, window.motion)
    )
    T = motion.shape[1]
    noise = torch.from_numpy(
        np.random.default_rng(seed).standard_normal((1, T // STRIDE + 2, net.config.motion.latent), dtype=np.float32)
    ).to(device)
    with torch.inference_mode():
        made = net(speech, rhythm, net.normalised(motion[:, 0]), interpolated(noise, STRIDE, 0, T))
        values: np.ndarray[Any, np.dtype[np.float32]] = net.restored(made.motion)[0].cpu().numpy()
    return values
