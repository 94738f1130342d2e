"""Stage `diffusion`: the U-Net in the latent space that stage `alignment` made, told what is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_scldm.denoiser import Denoiser
from talkface_scldm.face_networks import FaceDecoder, FaceEncoder
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.networks import imagined, schedule_of
from talkface_scldm.recipe.alignment_stage import restored
from talkface_scldm.recipe.data import Voices, drawn_window, pixels_of, whole_windows
from talkface_scldm.recipe.losses import diffusion_loss
from talkface_scldm.recipe.settings import Settings
from talkface_scldm.spectrogram import spectrogram
from talkface_scldm.speech_encoder import Heard, SpeechEncoder
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_trainer.dataset import Clip

VALIDATED = 32
"""Held-out windows, at most."""
SAMPLING_STEPS = 50


class FaceLatents:
    """Latents of the portraits of training clips, by speaker and clip, as the frozen face encoder sees them."""

    def __init__(self, voices: Voices, settings: Settings, alignment: Path, device: torch.device) -> None:
        self.voices, self.settings = voices, settings
        self.encoder = FaceEncoder(settings.model.face).to(device)
        restored(alignment, {"encoder": self.encoder})
        self.encoder.eval().requires_grad_(requires_grad=False)
        self.device = device
        self._of: dict[str, Tensor] = {}

    def of(self, clip: Clip) -> Tensor:
        """The portraits of a clip, `(N, C, L, L)` on the CPU."""
        if clip.id not in self._of:
            faces = self.voices.portraits(clip, self.settings.diffusion.faces).to(self.device)
            with torch.inference_mode():
                self._of[clip.id] = self.encoder(faces).float().cpu().clone()
        return self._of[clip.id]

    def space(self) -> LatentSpace:
        """The scale and the prior: every speaker, and where genders are known every gender, counts the same."""
        data, labels = self.voices.dataset, self.voices.labels
        space = LatentSpace(self.settings.model)
        speakers = data.speakers("train")
        each = max(self.settings.diffusion.prior_faces // len(speakers), 1)
        by_speaker = {name: self._spread(data.clips("train", name), each) for name in speakers}
        space.scale.copy_(1 / torch.cat(list(by_speaker.values())).std())
        means: dict[float | None, list[Tensor]] = {}
        for name, latents in by_speaker.items():
            means.setdefault(labels.male.get(name), []).append(latents.mean(dim=0))
        groups = [torch.stack(group).mean(dim=0) for group in means.values()]
        space.prior.copy_(torch.stack(groups).mean(dim=0) * space.scale)
        return space.to(self.device)

    def _spread(self, clips: Sequence[Clip], count: int) -> Tensor:
        chosen = clips[:: max(1, len(clips) * self.settings.diffusion.faces // count)]
        return torch.cat([self.of(clip) for clip in chosen])[:count]


class DiffusionStage(Stage):
    """The U-Net on noised latents; the encoders and the statistics of their normalisation are frozen."""

    def __init__(self, voices: Voices, settings: Settings, alignment: Path, device: Device) -> None:
        self.voices, self.settings, self.training = voices, settings, settings.diffusion
        config = self.config = settings.model
        self.device = torch.device(device.torch_name)
        self.latents = FaceLatents(voices, settings, alignment, self.device)
        self.schedule = schedule_of(config)
        self.space = self.latents.space()
        self.facts = {"prior_norm": round(float(self.space.prior.norm()), 3)}
        self.speech = SpeechEncoder(config.speech).to(self.device)
        self.decoder = FaceDecoder(config.face).to(self.device)
        self.frozen = config.alignment.contrastive
        restored(alignment, {"decoder": self.decoder} | ({"speech": self.speech} if self.frozen else {}))
        self.decoder.eval()
        self.net = Denoiser(config, self.speech.channels).to(self.device)
        self.modules = {"denoiser": self.net, "space": self.space, "speech": self.speech}
        self.averaged = ("denoiser",)
        groups = [{"params": list(self.net.parameters()), "lr": self.training.rate}]
        if self.frozen:
            self.speech.requires_grad_(requires_grad=False)
        else:
            groups.append({"params": list(self.speech.parameters()), "lr": self.training.speech_rate})
        self.optimizers = {"diffusion": torch.optim.AdamW(groups)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of speech, and portraits of who speaks in them."""
        rng = np.random.default_rng((seed, step, 2))
        training, windows, latents = self.training, [], []
        for _ in range(max(training.batch // training.repeats, 1)):
            clip = self.voices.dataset.sample_clip(rng, balance=training.balance)
            windows.append(drawn_window(clip.speech, rng))
            known = self.latents.of(clip)
            latents.append(known[torch.from_numpy(rng.integers(len(known), size=training.repeats))])
        return {"windows": torch.stack(windows), "latents": torch.cat(latents)}

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """The squared error of the noise."""
        if self.frozen:
            self.speech.eval()
        with context.autocast():
            heard = self._heard(self.speech, batch["windows"], self.training.repeats)
            loss = self._loss(self.net, batch["latents"], heard)
        context.optimize("diffusion", loss)
        return {"loss": loss.item()}

    def _heard(self, speech: SpeechEncoder, windows: Tensor, repeats: int = 1) -> Heard:
        heard = speech(spectrogram(windows, self.config.speech))
        return Heard(*(part.repeat_interleave(repeats, dim=0) for part in heard))

    def _loss(self, net: Denoiser, latents: Tensor, heard: Heard) -> Tensor:
        steps = torch.randint(self.schedule.steps, (len(latents),), device=latents.device)
        return diffusion_loss(net, self.space, self.schedule, self.space.inward(latents), steps=steps, heard=heard)

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """The loss on held-out clips, always with the same noise."""
        measures = {}
        for split, clips in self.voices.held_out().items():
            chosen = clips[:: max(1, len(clips) // VALIDATED)]
            windows = torch.stack([whole_windows(clip.speech)[0] for clip in chosen]).to(self.device)
            latents = torch.cat([self.latents.of(clip)[:1] for clip in chosen]).to(self.device)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                heard = self._heard(modules["speech"], windows, 4)
                loss = self._loss(modules["denoiser"], latents.repeat_interleave(4, dim=0), heard)
            measures[f"{split}_loss"] = loss.item()
        return measures

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """A true face of each of some speakers, and below it two that are imagined; the mean face is in front."""
        data = self.voices.dataset
        clips = [data.clips("train", speaker)[-1] for speaker in data.speakers("train")[:14]]
        clips += list(self.voices.held_out().values())[-1][:4]
        true = torch.cat([self.latents.of(clip)[:1] for clip in clips]).to(self.device)
        columns = [
            torch.cat([self.decoder(true[i : i + 1]), *self._drawn(modules, clip)]) for i, clip in enumerate(clips)
        ]
        mean = self.decoder((self.space.prior / self.space.scale)[None])
        columns.insert(0, torch.cat([mean, mean, mean]))
        return [("portraits", np.hstack([np.vstack(list(pixels_of(column))) for column in columns]))]

    def _drawn(self, modules: Mapping[str, Any], clip: Clip) -> tuple[Tensor, Tensor]:
        heard = modules["speech"](spectrogram(whole_windows(clip.speech).to(self.device), self.config.speech))
        whole = Heard(*(part.mean(dim=0, keepdim=True) for part in heard))
        noise = torch.randn(2, *self.config.face.latent, generator=torch.Generator().manual_seed(0)).to(self.device)
        made = imagined(modules["denoiser"], self.space, self.schedule, whole, noise, steps=SAMPLING_STEPS)
        faces = self.decoder(made)
        return faces[:1], faces[1:]
