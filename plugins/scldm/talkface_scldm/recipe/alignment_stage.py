"""Stage `alignment`: face encoder, face decoder and speech encoder together, L_con + L_rec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_scldm.face_networks import FaceDecoder, FaceEncoder, Projection, normalised
from talkface_scldm.recipe.data import Voices, drawn_window, pictures, pixels_of, whole_windows
from talkface_scldm.recipe.losses import Temperature, contrastive_loss, spread_loss
from talkface_scldm.recipe.settings import Settings
from talkface_scldm.spectrogram import spectrogram
from talkface_scldm.speech_encoder import SpeechEncoder
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_trainer.dataset import Clip
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network

SHOWN = 12
"""Held-out clips, at most, of each split that are validated on."""


class AlignmentStage(Stage):
    """See the module."""

    def __init__(self, voices: Voices, settings: Settings, device: Device) -> None:
        self.voices, self.training, self.config = voices, settings.alignment, settings.model
        self.device = torch.device(device.torch_name)
        config, alignment = self.config, self.config.alignment
        if alignment.contrastive and len(voices.dataset.speakers("train")) < 2:
            raise TrainingError(
                f"{voices.dataset.folder}: contrastive pre-training needs two speakers or more in the split 'train'"
            )
        if alignment.projection == "none" and config.speech.width != config.face.latent_size:
            raise TrainingError(
                f"without projection heads the speech vector must have the {config.face.latent_size} numbers of z, "
                f"not {config.speech.width}; set model.speech.width or model.alignment.projection"
            )
        self.encoder, self.decoder = FaceEncoder(config.face), FaceDecoder(config.face)
        self.speech, self.temperature = SpeechEncoder(config.speech), Temperature(self.training.temperature)
        self.heads = nn.ModuleDict()
        if alignment.projection == "mlp":
            self.heads["face"] = Projection(config.face.latent_size, alignment.hidden, alignment.width)
            self.heads["speech"] = Projection(config.speech.width, alignment.hidden, alignment.width)
        self.judge: PerceptualLoss | None = None
        if self.training.perceptual_weight:
            self.judge = PerceptualLoss(perceptual_network().to(self.device))
            self.facts = {"perceptual": self.judge.network.name}
        self.modules = {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "speech": self.speech,
            "heads": self.heads,
            "temperature": self.temperature,
        }
        slow, fast = (self.encoder, self.decoder), (self.speech, self.heads, self.temperature)
        groups = [
            {"params": [each for module in modules for each in module.parameters()], "lr": rate}
            for modules, rate in ((slow, self.training.rate), (fast, self.training.speech_rate))
        ]
        self.optimizers = {"alignment": torch.optim.Adam(groups, betas=self.training.betas)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Faces to rebuild, and pairs of another speaker each."""
        rng = np.random.default_rng((seed, step, 1))
        training, voices = self.training, self.voices
        faces = [
            voices.drawn_face(rng, balance=training.balance, strength=training.augmentation)
            for _ in range(training.batch)
        ]
        windows = []
        if self.config.alignment.contrastive:
            for speaker in voices.drawn_speakers(rng, training.pairs):
                clips = voices.dataset.clips("train", speaker)
                clip = clips[int(rng.integers(len(clips)))]
                faces.append(voices.picture(clip, int(rng.integers(clip.frames))))
                windows.append(drawn_window(clip.speech, rng))
        batch: dict[str, Tensor] = {"faces": pictures(faces)}
        return batch | ({"windows": torch.stack(windows)} if windows else {})

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        training, faces = self.training, batch["faces"]
        with context.autocast():
            latents = self.encoder(faces)
            noise = training.latent_noise * latents.detach().std() * torch.randn_like(latents)
            made = self.decoder(latents + noise)
        latents, made = latents.float(), made.float()
        pixel = (made - faces).abs().mean()
        loss = training.pixel_weight * pixel + training.spread_weight * spread_loss(latents)
        recorded = {"pixel": pixel}
        if self.judge is not None:
            with context.autocast():
                recorded["perceptual"] = self.judge((made + 1) / 2, (faces + 1) / 2)
            loss = loss + training.perceptual_weight * recorded["perceptual"]
        if "windows" in batch:
            count = len(batch["windows"])
            with context.autocast():
                heard = self.speech(spectrogram(batch["windows"], self.config.speech)).vector
                spoken, seen = self._compared(self.modules, heard, latents[-count:])
            recorded["contrastive"] = contrastive_loss(spoken.float(), seen.float(), self.temperature())
            loss = loss + training.contrastive_weight * recorded["contrastive"]
        context.optimize("alignment", loss)
        return {name: value.item() for name, value in recorded.items()} | {"loss": loss.item()}

    def _compared(self, modules: Mapping[str, Any], heard: Tensor, latents: Tensor) -> tuple[Tensor, Tensor]:
        heads = modules["heads"]
        if not heads:
            return heard, latents
        return heads["speech"](heard), heads["face"](latents)

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """How well held-out faces are rebuilt, and how often a held-out voice finds its speaker among all faces."""
        measures: dict[str, float] = {}
        for split, clips in self.voices.held_out().items():
            faces = self._faces(clips[:: max(1, len(clips) // SHOWN)])
            measures[f"{split}_pixel"] = (modules["decoder"](modules["encoder"](faces)) - faces).abs().mean().item()
        if self.config.alignment.contrastive:
            measures["val_found"] = self._found(modules)
        return measures

    def _faces(self, clips: Sequence[Clip]) -> Tensor:
        return torch.cat([self.voices.portraits(clip, 1) for clip in clips]).to(self.device)

    def _found(self, modules: Mapping[str, Any]) -> float:
        """The share of windows of `val` whose nearest face is one of their speaker's."""
        data = self.voices.dataset
        speakers = data.speakers("train")
        clips = [data.clips("train", speaker)[0] for speaker in speakers]
        asked = [clip for clip in self.voices.held_out()["val"] if clip.speaker in speakers]
        if not asked:
            return float("nan")
        latents = modules["encoder"](self._faces(clips))
        right = []
        for clip in asked[:: max(1, len(asked) // SHOWN)]:
            windows = whole_windows(clip.speech).to(self.device)
            heard = modules["speech"](spectrogram(windows, self.config.speech)).vector.mean(dim=0, keepdim=True)
            spoken, seen = self._compared(modules, heard, latents)
            nearest = int((normalised(spoken) @ normalised(seen).T).argmax())
            right.append(speakers[nearest] == clip.speaker)
        return float(np.mean(right))

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """Faces of training and held-out speakers, and below each what is rebuilt of it."""
        data = self.voices.dataset
        clips = [data.clips("train", speaker)[0] for speaker in data.speakers("train")[:14]]
        faces = self._faces([*clips, *list(self.voices.held_out().values())[-1][:4]])
        rows = [pixels_of(faces), pixels_of(modules["decoder"](modules["encoder"](faces)))]
        return [("faces", np.vstack([np.hstack(list(row)) for row in rows]))]


def loaded_stage(folder: Path, modules: Mapping[str, nn.Module]) -> None:
    """Fill modules with the weights of a finished stage, by their names in it."""
    from talkface_studio.nn.weights import load_module, read_tensors

    for name, module in modules.items():
        path = folder / f"{name}.safetensors"
        tensors, _ = read_tensors(path)
        load_module(module, tensors, origin=str(path))
