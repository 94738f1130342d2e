"""Stage `at`: speech to landmark coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from talkface_atvg.at_net import AtNet, WhisperEncoder
from talkface_atvg.pca import PcaBasis
from talkface_atvg.recipe.data import NormalisedClips, tick_features
from talkface_atvg.recipe.settings import Settings
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device, FloatArray
from talkface_trainer.dataset import Clip

UPPER_LIP, LOWER_LIP = 62, 66


class BasisModule(nn.Module):
    """The landmark basis as buffers, so that it is saved beside the network it belongs to."""

    mean: Tensor
    directions: Tensor

    def __init__(self, basis: PcaBasis | None = None, components: int = 0) -> None:
        super().__init__()
        mean = torch.zeros(136) if basis is None else torch.from_numpy(basis.mean)
        empty = torch.eye(136) if not components else torch.zeros(136, components)
        given = None if basis is None or basis.directions is None else torch.from_numpy(basis.directions)
        self.register_buffer("mean", mean)
        self.register_buffer("directions", empty if given is None else given)

    def landmarks(self, coefficients: Tensor) -> Tensor:
        """Coefficients `(..., K)` to network units `(..., 136)`."""
        return coefficients @ self.directions.T + self.mean

    def basis(self, scale: float, components: int) -> PcaBasis:
        """As the value that the generator uses."""
        directions = self.directions.float().cpu().numpy() if components else None
        return PcaBasis(self.mean.float().cpu().numpy(), directions, scale)


def opening(rows: Tensor) -> Tensor:
    """Inner-lip opening of landmarks in network units `(..., 136)`, in eye distances (0.4 of the canonical square)."""
    gap: Tensor = rows[..., 2 * LOWER_LIP + 1] - rows[..., 2 * UPPER_LIP + 1]
    return gap / 0.4


class AtStage(Stage):
    """AT-net on windows of prepared clips.

    The loss is the mean squared error on the coefficients (the thesis), plus, where the settings ask for it, the
    squared error of their differences and of the lip opening: without these the lips of unseen voices move too little.
    """

    def __init__(self, clips: NormalisedClips, settings: Settings, device: Device) -> None:
        self.clips, self.settings = clips, settings
        self.device = torch.device(device.torch_name)
        basis = clips.basis()
        self.net = AtNet(settings.model.at_net).to(self.device)
        self.basis = BasisModule(basis, settings.model.normalisation.components).to(self.device)
        self._pool = self._load_pool()
        self._set_statistics(basis)
        self.modules = {"at_net": self.net, "basis": self.basis}
        self.averaged = ("at_net",)
        training = settings.at
        kind = torch.optim.Adam if training.optimiser == "adam" else torch.optim.AdamW
        weight_decay = 0.0 if training.optimiser == "adam" else 0.02
        self.optimizers = {"at_net": kind(self.net.parameters(), lr=training.rate, weight_decay=weight_decay)}

    def _load_pool(self) -> dict[str, tuple[NDArray[np.float16], FloatArray]]:
        """Speech and landmarks of every training clip: about 20 kB a second of speech with Whisper features."""
        pool = {}
        for clip in self.clips.dataset.clips("train"):
            if clip.frames >= 4 and clip.has_features(self.settings.model.at_net.speech):
                pool[clip.id] = (tick_features(clip, self.settings.model).astype(np.float16), self.clips.rows(clip))
        if not pool:
            kind = self.settings.model.at_net.speech
            raise TrainingError(
                f"{self.clips.dataset.folder}: no training clip has {kind} features; prepare it with them"
            )
        return pool

    def _set_statistics(self, basis: PcaBasis) -> None:
        some = list(self._pool.values())[:200]
        coefficients = self._coefficients(np.concatenate([rows for _, rows in some]), basis)
        self.net.output_scale.copy_(torch.from_numpy(coefficients.std(axis=0) + 1e-4))
        if isinstance(self.net.encoder, WhisperEncoder):
            speech = np.concatenate([speech.reshape(-1, speech.shape[-1]) for speech, _ in some]).astype(np.float32)
            self.net.encoder.feature_mean.copy_(torch.from_numpy(speech.mean(axis=0)))
            self.net.encoder.feature_std.copy_(torch.from_numpy(speech.std(axis=0) + 1e-3))

    @staticmethod
    def _coefficients(rows: FloatArray, basis: PcaBasis) -> FloatArray:
        centred = rows - basis.mean
        return centred if basis.directions is None else (centred @ basis.directions).astype(np.float32)

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips, `speech` `(B, T, ...)` and `rows` `(B, T, 136)` in network units."""
        rng = np.random.default_rng((seed, step, 1))
        training = self.settings.at
        speech: list[NDArray[np.float16]] = []
        rows: list[FloatArray] = []
        while len(speech) < training.batch:
            clip = self.clips.dataset.sample_clip(rng, balance=training.balance)
            if clip.id not in self._pool:
                continue
            features, landmarks = self._pool[clip.id]
            count = len(landmarks)
            # Clips shorter than the window repeat their last tick, which is silence in nearly all of them.
            first = int(rng.integers(max(count - training.window, 0) + 1))
            chosen = np.minimum(np.arange(first, first + training.window), count - 1)
            speech.append(features[chosen])
            rows.append(landmarks[chosen])
        return {
            "speech": torch.from_numpy(np.stack(speech).astype(np.float32)),
            "rows": torch.from_numpy(np.stack(rows)),
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """Mean squared error on coefficients, with the settings' additions."""
        training = self.settings.at
        speech, rows = batch["speech"], batch["rows"]
        truth = (rows - self.basis.mean) @ self.basis.directions
        with context.autocast():
            predicted = self.net(speech, truth[:, 0] if self.settings.model.at_net.example_input else None).float()
        landmark = nn.functional.mse_loss(predicted, truth)
        velocity = nn.functional.mse_loss(predicted.diff(dim=1), truth.diff(dim=1))
        gap = nn.functional.mse_loss(opening(self.basis.landmarks(predicted)), opening(rows))
        loss = landmark + training.velocity_weight * velocity + training.opening_weight * gap
        context.optimize("at_net", loss)
        return {"loss": loss.item(), "landmark": landmark.item(), "velocity": velocity.item(), "opening": gap.item()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Landmark error, and correlation and amplitude of the lip opening, on both held-out splits."""
        measures = {}
        for split, clips in self.clips.held_out().items():
            for name, value in self._measure(modules["at_net"], clips).items():
                measures[f"{split}_{name}"] = value
        return measures

    def _measure(self, net: AtNet, clips: Sequence[Clip]) -> dict[str, float]:
        errors, correlations, amplitudes = [], [], []
        for clip in clips:
            speech = torch.from_numpy(tick_features(clip, self.settings.model))[None].to(self.device)
            rows = torch.from_numpy(self.clips.rows(clip)).to(self.device)
            truth = (rows - self.basis.mean) @ self.basis.directions
            with torch.inference_mode():
                example = truth[None, 0] if self.settings.model.at_net.example_input else None
                predicted = self.basis.landmarks(net(speech, example).float()[0])
            errors.append((predicted - rows).square().mean().item())
            ours, real = opening(predicted), opening(rows)
            if real.std() > 1e-3:
                correlations.append(torch.corrcoef(torch.stack([ours, real]))[0, 1].item())
                amplitudes.append((ours.std() / real.std()).item())
        return {
            "landmark": float(np.mean(errors)),
            "correlation": float(np.mean(correlations)) if correlations else 0.0,
            "amplitude": float(np.mean(amplitudes)) if amplitudes else 0.0,
        }
