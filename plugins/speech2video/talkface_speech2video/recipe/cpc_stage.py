"""Stage `cpc`: the speech encoder, and what stands between it and the lips."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_speech2video.articulation import Articulation, by_frame
from talkface_speech2video.config import STRIDE
from talkface_speech2video.convert import load_cpc
from talkface_speech2video.cpc import Cpc
from talkface_speech2video.recipe.data import SAMPLES_A_FRAME, Passage, Voices
from talkface_speech2video.recipe.losses import contrast_loss, movement_loss
from talkface_speech2video.recipe.settings import Settings
from talkface_studio.api.recipe import Stage, TrainContext

HELD_OUT = 24
"""Passages of each kind that are validated on."""


class Predictors(nn.Module):
    """For each step ahead a matrix from c to z."""

    def __init__(self, steps: int, state: int, channels: int) -> None:
        super().__init__()
        self.ahead = nn.ModuleList(nn.Linear(state, channels, bias=False) for _ in range(steps))


class CpcStage(Stage):
    """InfoNCE, and beside it the error of lip shapes where an articulation network is wanted."""

    def __init__(self, voices: Voices, settings: Settings, device: str) -> None:
        self.voices, self.training, self.model = voices, settings.cpc, settings.model
        self.device = torch.device(device)
        given = Path(self.training.file) if self.training.file else None
        self.cpc = (Cpc(self.model.cpc) if given is None else load_cpc(given)).to(self.device)
        self.facts = {"encoder": "trained here" if given is None else "of the authors, frozen"}
        self.frozen = given is not None
        self.predictors = Predictors(self.training.predicted, self.model.cpc.state, self.model.cpc.channels)
        self.modules: dict[str, nn.Module] = {"cpc": self.cpc, "predictors": self.predictors}
        self.articulation: Articulation | None = None
        if self.model.articulation.size:
            self.articulation = Articulation(self.model).to(self.device)
            for name in ("mean", "basis", "rest"):
                getattr(self.articulation, name).copy_(torch.from_numpy(getattr(voices.basis, name)))
            self.modules["articulation"] = self.articulation
        self.averaged = [name for name in self.modules if name != "predictors"]
        trained = [
            value
            for name, module in self.modules.items()
            if not (self.frozen and name != "articulation")
            for value in module.parameters()
        ]
        self.optimizers = {"cpc": torch.optim.Adam(trained or [nn.Parameter(torch.zeros(1))], lr=self.training.rate)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random passages, at random loudness."""
        rng = np.random.default_rng((seed, step, 2))
        frames = self.training.window // SAMPLES_A_FRAME
        windows, lips, known = [], [], []
        for _ in range(self.training.batch):
            passage = self.voices.training[self.voices.draw(rng, 0.5)]
            first = int(rng.integers(max(passage.frames - frames, 0) + 1))
            samples = passage.samples()[first * SAMPLES_A_FRAME :][: self.training.window]
            shapes = self.voices.lip_shapes(passage)[first : first + frames]
            windows.append(np.pad(samples, (0, self.training.window - len(samples))) * rng.uniform(0.5, 1.5))
            lips.append(np.pad(shapes, ((0, frames - len(shapes)), (0, 0))))
            known.append(np.arange(frames) < len(shapes))
        return {
            "samples": torch.from_numpy(np.stack(windows).astype(np.float32)),
            "lips": torch.from_numpy(np.stack(lips)),
            "known": torch.from_numpy(np.stack(known).astype(np.float32)),
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        training = self.training
        with torch.set_grad_enabled(not self.frozen), context.autocast():
            states, encoded = self.cpc(batch["samples"])
        states, encoded = states.float(), encoded.float()
        losses: dict[str, Tensor] = {}
        if training.contrast_weight and not self.frozen:
            losses["contrast"] = training.contrast_weight * self._contrast(states, encoded)
        if self.articulation is not None:
            heard = by_frame(states, encoded, batch["lips"].shape[1])
            heard = heard + training.feature_noise * torch.randn_like(heard)
            said, known = self.articulation(heard), batch["known"]
            error = (said - batch["lips"]).square().mean(dim=2)
            losses["lips"] = training.lips_weight * (error * known).sum() / known.sum().clamp_min(1)
            if weight := training.lips_weight * training.movement_weight:
                losses["movement"] = weight * movement_loss(said, batch["lips"], known)
        if losses:
            context.optimize("cpc", torch.stack(list(losses.values())).sum())
        return {name: loss.item() for name, loss in losses.items()}

    def _contrast(self, states: Tensor, encoded: Tensor) -> Tensor:
        B, T, Z = encoded.shape
        ahead = self.training.predicted
        # Negatives are shared by the predictions of one window, so that scoring them is one product of matrices.
        if self.training.negatives_from == "everyone":
            index = torch.randint(B * T, (self.training.negatives,), device=encoded.device)
            others = encoded.reshape(B * T, Z)[index].expand(B, -1, -1)
        else:
            index = torch.randint(T, (B, self.training.negatives), device=encoded.device)
            others = encoded.gather(1, index[..., None].expand(-1, -1, Z))
        losses = [
            contrast_loss(predict(states[:, : T - ahead]), encoded[:, 1 + k : 1 + k + T - ahead], others)
            for k, predict in enumerate(self.predictors.ahead)
        ]
        return torch.stack(losses).mean()

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Of held-out passages: the correlation of the first lip component, and the error beside that of its mean."""
        if "articulation" not in modules:
            return {}
        measures = {}
        for name, passages in (("seen", self.voices.seen), ("unseen", self.voices.unseen)):
            pairs = [(self._said(passage, modules), self.voices.lip_shapes(passage)) for passage in passages[:HELD_OUT]]
            fits = [np.corrcoef(said[:, 0], true[:, 0])[0, 1] for said, true in pairs if len(said) > 10]
            if fits:
                measures[f"{name}_correlation"] = float(np.nanmean(fits))
                error = np.mean([np.square(said - true).mean() for said, true in pairs])
                plain = np.mean([np.square(true - true.mean(axis=0)).mean() for _, true in pairs])
                measures[f"{name}_error"] = float(error / max(plain, 1e-9))
        return measures

    def _said(self, passage: Passage, modules: Mapping[str, Any]) -> np.ndarray:
        states, encoded = modules["cpc"](torch.from_numpy(passage.samples())[None].to(self.device))
        heard = by_frame(states, encoded, passage.frames)
        said: np.ndarray = modules["articulation"](heard)[0].float().cpu().numpy()
        return said


assert SAMPLES_A_FRAME == 4 * STRIDE
