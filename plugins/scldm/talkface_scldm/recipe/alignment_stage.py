"""Stage `alignment`: face encoder, face decoder and speech encoder together, L_con + L_rec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_scldm.face_networks import FaceDecoder, FaceEncoder, Projection, normalised
from talkface_scldm.recipe.data import Voices, drawn_window, pictures, pixels_of, shrunk, whole_windows
from talkface_scldm.recipe.losses import Temperature, contrastive_loss, spread_loss
from talkface_scldm.recipe.settings import Settings
from talkface_scldm.spectrogram import spectrogram
from talkface_scldm.speech_encoder import SpeechEncoder
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_studio.nn.weights import load_module, read_tensors
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
            made = shrunk(self.decoder(latents + noise), faces.shape[-1])
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
            measures[f"{split}_pixel"] = (self._rebuilt(modules, faces) - faces).abs().mean().item()
        if self.config.alignment.contrastive:
            measures["val_found"] = self._found(modules)
        return measures

    def _rebuilt(self, modules: Mapping[str, Any], faces: Tensor) -> Tensor:
        return shrunk(modules["decoder"](modules["encoder"](faces)), faces.shape[-1])

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
        rows = [pixels_of(faces), pixels_of(self._rebuilt(modules, faces))]
        return [("faces", np.vstack([np.hstack(list(row)) for row in rows]))]


def restored(source: Path, modules: Mapping[str, nn.Module]) -> None:
    """Fill modules, by their names, from the folder of a finished stage or from a weight file of this model.

    Raises:
        WeightsError: a file is missing or damaged, or is one of other networks.
    """
    for name, module in modules.items():
        path, prefix, tensors = _tensors(source, name)
        load_module(module, tensors, prefix=prefix, origin=str(path))


def begun(source: Path, name: str, module: nn.Module) -> None:
    """Fill what fits of a module, from where `restored` finds it: one with further layers goes on from fewer.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    _, prefix, tensors = _tensors(source, name)
    own = module.state_dict()
    known = {key: tensors[prefix + key] for key in own if prefix + key in tensors}
    module.load_state_dict({key: value for key, value in known.items() if value.shape == own[key].shape}, strict=False)


def _tensors(source: Path, name: str) -> tuple[Path, str, Mapping[str, Tensor]]:
    """The file in which a module lies, what its tensors' names begin with, and all tensors."""
    path = source / f"{name}.safetensors" if source.is_dir() else source
    return path, "" if source.is_dir() else f"{name}.", read_tensors(path)[0]
