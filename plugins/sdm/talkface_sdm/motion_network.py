"""Content and rhythm to the auxiliary motion F^aux = F-bar + F-tilde.

Motion is normalised throughout: about -1..1 in every coordinate.

Dimension letters: B windows, T frames, D numbers of a frame's motion, C width of S_cont, M of an embedding, Z of z,
R rhythm features.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from talkface_sdm.config import SdmConfig
from talkface_sdm.content_encoder import ContentEncoder

RHYTHM_FEATURES = 6
"""Log-energy, log-pitch, voicing, and their changes; see `rhythm`."""
STRIDE = 8
"""Frames from one knot of z to the next: a new z every frame would be jitter, one a second cannot tell a nod."""
LIMIT = 2.0
"""Largest normalised value that is handed on to the next frame."""


class Latent(NamedTuple):
    """A diagonal normal distribution, `(..., Z)` each."""

    mean: Tensor
    log_variance: Tensor

    def drawn(self, noise: Tensor) -> Tensor:
        """A sample, from standard normal noise of the same shape."""
        return self.mean + (0.5 * self.log_variance).exp() * noise


class MotionEncoder(nn.Sequential):
    """f_enc: a frame's motion `(..., D)` to its embedding `(..., M)`."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__(
            nn.Linear(size, width),
            nn.LayerNorm(width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.LayerNorm(width),
            nn.GELU(),
            nn.Linear(width, width),
        )


class LatentEncoder(nn.Module):
    """A change of embedding and S_cont to q(z): `(..., M)` and `(..., C)`."""

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        width = config.motion.width
        self.body = nn.Sequential(nn.Linear(width + config.speech.width, width), nn.GELU())
        self.leave = nn.Linear(width, 2 * config.motion.latent)

    def forward(self, change: Tensor, content: Tensor) -> Latent:
        """See the class."""
        mean, log_variance = self.leave(self.body(torch.cat([change, content], dim=-1))).chunk(2, dim=-1)
        return Latent(mean, log_variance.clamp(-8, 4))


class Prior(nn.Module):
    """p(z | S_cont): `(..., C)`."""

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(config.speech.width, config.motion.width), nn.GELU())
        self.leave = nn.Linear(config.motion.width, 2 * config.motion.latent)

    def forward(self, content: Tensor) -> Latent:
        """See the class."""
        mean, log_variance = self.leave(self.body(content)).chunk(2, dim=-1)
        return Latent(mean, log_variance.clamp(-8, 4))


class MotionDecoder(nn.Module):
    """f_dec: z, an embedding and S_cont to motion; without z and S_cont it gives the embedded motion itself."""

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        motion, content = config.motion, config.speech.width
        self.config = config
        self.body = nn.Sequential(
            nn.Linear(motion.latent + motion.width + content, 2 * motion.width),
            nn.LayerNorm(2 * motion.width),
            nn.GELU(),
            nn.Linear(2 * motion.width, motion.width),
            nn.GELU(),
            nn.Linear(motion.width, motion.size),
        )

    def forward(self, z: Tensor, embedding: Tensor, content: Tensor) -> Tensor:
        """Predicts: `(..., Z)`, `(..., M)`, `(..., C)` to `(..., D)`."""
        out: Tensor = self.body(torch.cat([z, embedding, content], dim=-1))
        return out

    def reconstruct(self, embedding: Tensor) -> Tensor:
        """`(..., M)` to `(..., D)`."""
        shape = embedding.shape[:-1]
        nothing = (embedding.new_zeros(*shape, n) for n in (self.config.motion.latent, self.config.speech.width))
        z, content = nothing
        rebuilt: Tensor = self(z, embedding, content)
        return rebuilt


class RhythmGenerator(nn.Module):
    """f_rhy: rhythm features `(B, T, R)` to the motion around the local mean pose, `(B, T, D)`."""

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        motion = config.motion
        widths = [RHYTHM_FEATURES, *[motion.rhythm_width] * (motion.rhythm_layers - 1)]
        layers: list[nn.Module] = []
        for inputs in widths:
            layers += [
                nn.Conv1d(inputs, motion.rhythm_width, motion.rhythm_kernel, padding=motion.rhythm_kernel // 2),
                nn.GELU(),
            ]
        self.body = nn.Sequential(*layers)
        self.leave = nn.Conv1d(motion.rhythm_width, motion.size, 1)

    def forward(self, rhythm: Tensor) -> Tensor:
        """See the class."""
        out: Tensor = self.leave(self.body(rhythm.transpose(1, 2))).transpose(1, 2)
        return out


def interpolated(knots: Tensor, stride: int, offset: int, frames: int) -> Tensor:
    """Z of each frame `(B, T, Z)` between knots `(B, K, Z)`, of which one lies at every `stride`-th frame.

    The window's first frame lies `offset` frames behind the first knot. Halfway between two independent normal values
    their mean has less variance; it is scaled so that every frame's z is standard normal where the knots are.
    """
    place = (offset + torch.arange(frames, device=knots.device)) / stride
    low = place.floor().long()
    share = (place - low).to(knots.dtype)[:, None]
    mixed = knots[:, low] * (1 - share) + knots[:, low + 1] * share
    z: Tensor = mixed / ((1 - share) ** 2 + share**2).sqrt()
    return z


class Auxiliary(NamedTuple):
    """What the motion network says of a window."""

    content: Tensor
    """S_cont `(B, T, C)`."""
    pose: Tensor
    """F-bar `(B, T, D)`; zeros where pose motion is switched off."""
    rhythm: Tensor
    """F-tilde `(B, T, D)`; zeros where rhythm is switched off."""

    @property
    def motion(self) -> Tensor:
        """F^aux `(B, T, D)`."""
        return self.pose + self.rhythm


class MotionNetwork(nn.Module):
    """Everything up to the auxiliary motion, with the statistics that normalise motion."""

    centre: Tensor
    unit: Tensor
    rhythm_centre: Tensor
    rhythm_unit: Tensor

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        self.config = config
        size, width = config.motion.size, config.motion.width
        self.content = ContentEncoder(config.speech)
        self.encoder = MotionEncoder(size, width)
        self.latent = LatentEncoder(config)
        if config.motion.learned_prior:
            self.prior = Prior(config)
        self.decoder = MotionDecoder(config)
        self.rhythm = RhythmGenerator(config)
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("unit", torch.ones(size))
        self.register_buffer("rhythm_centre", torch.zeros(RHYTHM_FEATURES))
        self.register_buffer("rhythm_unit", torch.ones(RHYTHM_FEATURES))

    def normalised(self, motion: Tensor) -> Tensor:
        """Motion `(..., D)` to about -1..1."""
        return (motion - self.centre) / self.unit

    def restored(self, motion: Tensor) -> Tensor:
        """The inverse of `normalised`."""
        return motion * self.unit + self.centre

    def rhythm_motion(self, rhythm: Tensor) -> Tensor:
        """F-tilde of rhythm features `(B, T, R)`."""
        motion: Tensor = self.rhythm((rhythm - self.rhythm_centre) / self.rhythm_unit)
        return motion

    def forward(self, speech: Tensor, rhythm: Tensor, first: Tensor, z: Tensor) -> Auxiliary:
        """The auxiliary motion, frame by frame from `first` `(B, D)`, which lies before the window (Eq. 12).

        `speech` is `(B, T, W, E)`, `rhythm` `(B, T, R)` and `z` `(B, T, Z)`; see `drawn`.
        """
        content = self.content(speech)
        motion = self.config.motion
        pose = torch.zeros(*content.shape[:2], motion.size, dtype=content.dtype, device=content.device)
        if motion.pose_motion:
            pose = self.pose_motion(content, first, z)
            if motion.diffused < motion.size and not self.config.face.apart:
                # The face follows the likely head, so that chance decides nothing of the lips, early or late.
                likely = self.pose_motion(content, first, torch.zeros_like(z))
                pose = torch.cat([pose[..., : motion.diffused], likely[..., motion.diffused :]], dim=-1)
        swing = self.rhythm_motion(rhythm) if motion.rhythm else torch.zeros_like(pose)
        return Auxiliary(content, pose, swing)

    def drawn(self, content: Tensor, noise: Tensor) -> Tensor:
        """Z for S_cont `(B, T, C)` from standard normal noise `(B, T, Z)`."""
        if not self.config.motion.learned_prior:
            return noise
        prior: Latent = self.prior(content)
        return prior.drawn(noise)

    def posterior(self, motion: Tensor, content: Tensor) -> Latent:
        """q(z) at the knots of a window of true motion `(B, T, D)`, `(B, K, Z)`; the first knot is the first frame.

        What the changes of a stride's frames say on either side of a knot is averaged. Z is told of what chance decides
        alone: lips move so much more than heads that it would speak of them.
        """
        decided = torch.arange(motion.shape[2], device=motion.device) < self.config.motion.diffused
        changes = STRIDE * self.encoder(motion * decided).diff(dim=1)
        each = self.latent(torch.cat([changes[:, :1], changes], dim=1), content)
        frames = torch.arange(motion.shape[1], device=motion.device)
        knots = torch.arange(motion.shape[1] // STRIDE + 2, device=motion.device) * STRIDE
        near = (1 - (frames - knots[:, None]).abs() / STRIDE).clamp_min(1e-4)
        near = near / near.sum(dim=1, keepdim=True)
        return Latent(near @ each.mean, near @ each.log_variance)

    def pose_motion(self, content: Tensor, first: Tensor, noise: Tensor) -> Tensor:
        """F-bar `(B, T, D)`, each frame from the one before it, with z from standard normal `noise` `(B, T, Z)`."""
        z, likely = (self.drawn(content, each) for each in (noise, torch.zeros_like(noise)))
        previous, frames = first, []
        for t in range(content.shape[1]):
            previous = self.next(z[:, t], likely[:, t], previous, content[:, t])
            frames.append(previous)
        return torch.stack(frames, dim=1)

    def next(self, z: Tensor, likely: Tensor, previous: Tensor, content: Tensor) -> Tensor:
        """F-bar of a frame `(B, D)` from the frame before it; what chance does not decide is made with the likely z."""
        diffused = self.config.motion.diffused
        embedding = self.encoder(previous)
        made: Tensor = self.decoder(z, embedding, content)
        if diffused < self.config.motion.size:
            made = torch.cat([made[:, :diffused], self.decoder(likely, embedding, content)[:, diffused:]], dim=1)
        return made.clamp(-LIMIT, LIMIT)
