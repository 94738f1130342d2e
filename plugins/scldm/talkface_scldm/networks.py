"""All networks together, and what they are asked: hearing, imagining.

Dimension letters: B faces, S side of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from talkface_scldm.config import ScldmConfig
from talkface_scldm.denoiser import Denoiser
from talkface_scldm.face_networks import FaceDecoder, FaceEncoder
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.speech_encoder import Heard, SpeechEncoder
from talkface_studio.nn.diffusion import NoiseSchedule, sample


@dataclass(frozen=True, slots=True)
class ScldmNetworks:
    """What a weight file holds, ready to use: networks in evaluation mode and float32."""

    config: ScldmConfig
    speech: SpeechEncoder
    encoder: FaceEncoder
    decoder: FaceDecoder
    space: LatentSpace
    denoiser: Denoiser

    @property
    def modules(self) -> dict[str, nn.Module]:
        """By their names in the file."""
        return {
            "speech": self.speech,
            "encoder": self.encoder,
            "decoder": self.decoder,
            "space": self.space,
            "denoiser": self.denoiser,
        }


def build_networks(config: ScldmConfig) -> ScldmNetworks:
    """Untrained networks in evaluation mode.

    Raises:
        ValueError: no network can have these sizes.
        WeightsError: the configuration needs a package that is not installed.
    """
    speech = SpeechEncoder(config.speech)
    return ScldmNetworks(
        config,
        speech.eval(),
        FaceEncoder(config.face).eval(),
        FaceDecoder(config.face).eval(),
        LatentSpace(config).eval(),
        Denoiser(config, speech.channels).eval(),
    )


def schedule_of(config: ScldmConfig) -> NoiseSchedule:
    """The schedule of a configuration."""
    diffusion = config.diffusion
    return NoiseSchedule.scaled_linear(diffusion.steps, diffusion.first_beta, diffusion.last_beta)


def imagined(
    denoiser: Denoiser, space: LatentSpace, schedule: NoiseSchedule, heard: Heard, noise: Tensor, *, steps: int
) -> Tensor:
    """Latents `(B, C, L, L)` that DDIM makes of `noise`, of the same shape, in about `steps` steps.

    The network sees z_t + w p at every step, the start included, and the chain of z_t itself never holds the shift:
    s_t - w p is what DDIM steps on.
    """
    tokens = denoiser.condition(heard).expand(len(noise), -1, -1)

    def predicted(x: Tensor, step: int) -> Tensor:
        noise: Tensor = denoiser(x + space.shift, torch.full((len(x),), step, device=x.device), tokens)
        return noise

    stride = max(schedule.steps // steps, 1)
    return space.outward(space.familiar(sample(schedule, predicted, noise, schedule.steps, stride=stride)))
