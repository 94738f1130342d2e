"""Stages `frames` and `adversarial`: the decoder and the identity branch, without and with discriminators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_speech2video.decoder import FrameDecoder, IdentityBranch, IdentityMaps
from talkface_speech2video.discriminators import FrameDiscriminator, IdentityDiscriminator, SyncDiscriminator
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.frames_data import Performances, held_out, pictures
from talkface_speech2video.recipe.library import begun_from, restored
from talkface_speech2video.recipe.losses import (
    deceiving_loss,
    frame_judge_loss,
    frame_weights,
    gradient_loss,
    identity_judge_loss,
    similarity_loss,
    sync_judge_loss,
)
from talkface_speech2video.recipe.settings import Settings
from talkface_speech2video.recipe.teachers_stage import saved_classifier
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray
from talkface_studio.nn.face_classifier import load_classifier
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network
from talkface_trainer.teachers import open_teacher


class TeacherMaps(nn.Module):
    """The identity teacher's maps of real frames, each channel with running mean 0 and deviation 1.

    Real maps are large and generated ones are not; without this a discriminator sees nothing else.
    """

    def __init__(self, settings: Settings, voices: Voices, done: Mapping[str, Path]) -> None:
        super().__init__()
        model = settings.model
        if model.identity_teacher == "local-identity":
            given = settings.teachers.identity_file
            path = Path(given) if given else saved_classifier("identity", voices, settings, done)
            self.network: Any = load_classifier(path)
            self._maps = self.network.maps
        else:
            given = settings.teachers.identity_file
            teacher: Any = open_teacher(model.identity_teacher, file=Path(given) if given else None)
            self.network, self._maps = teacher.network, teacher.maps
        channels = reversed(model.decoder.teacher_channels)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width, affine=False) for width in channels)

    def forward(self, frames: Tensor) -> list[Tensor]:
        """Frames `(B, 3, S, S)` in -1..1 to three maps, the smallest first."""
        with torch.no_grad():
            maps = self._maps((frames + 1) / 2)
            return [norm(found) for norm, found in zip(self.norms, reversed(maps), strict=True)]


class FramesStage(Stage):
    """Similarity, gradients, the aligned maps, and a pretrained network's features."""

    averaged = ("decoder", "identity")

    def __init__(self, voices: Voices, settings: Settings, done: Mapping[str, Path], device: str) -> None:
        self.settings, self.voices, self.device = settings, voices, torch.device(device)
        self.training = settings.frames
        self.performances = Performances(voices, settings, done, device)
        self.decoder = FrameDecoder(settings.model).to(self.device)
        self.identity = IdentityBranch(settings.model).to(self.device)
        if self.training.start:
            begun_from(Path(self.training.start), {"decoder": self.decoder, "identity": self.identity})
        known = torch.from_numpy(self.performances.taught.identity)
        self.identity.mean.copy_(known.mean(dim=0))
        self.identity.deviation.copy_(known.std().clamp_min(1e-4))
        self.maps = TeacherMaps(settings, voices, done).to(self.device)
        self.modules: dict[str, nn.Module] = {
            "decoder": self.decoder,
            "identity": self.identity,
            "norms": self.maps.norms,
        }
        self.drawn = [*self.decoder.parameters(), *self.identity.parameters()]
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "decoder": torch.optim.Adam(self.drawn, lr=self.training.rate, betas=(0.9, 0.99))
        }
        size = settings.model.decoder.size
        self.weights = frame_weights(size, self.training.upper_share, self.training.mouth_weight).to(self.device)
        self.judge: PerceptualLoss | None = None
        self.facts: dict[str, Any] = {"teachers": dict(self.performances.taught.titles)}
        if self.training.perceptual_weight:
            network = perceptual_network()
            self.judge = PerceptualLoss(network, (1.0, 1.0, 1.0, 0.5)).to(self.device)
            self.facts["perceptual"] = network.name

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Single frames of random clips."""
        rng = np.random.default_rng((seed, step, 4))
        training = self.training
        late = step >= training.teacher_share * training.steps
        return self.performances.batch(rng, training.batch, 1, training.student_share if late else 0.0)

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        true = pictures(batch["frames"]).flatten(0, 1)
        with context.autocast():
            made, maps = self._made(batch)
            losses = self._drawn_losses(made, true, maps, batch["frames"].shape[1], context.step)
        context.optimize("decoder", torch.stack(list(losses.values())).sum())
        return {name: loss.item() for name, loss in losses.items()}

    def _made(self, batch: Mapping[str, Any]) -> tuple[Tensor, IdentityMaps]:
        """Frames `(B * F, 3, S, S)`, and the identity maps of the clips."""
        frames = batch["heard"].shape[1]
        maps = self.identity(batch["identity"])
        made = self.decoder(
            batch["heard"].flatten(0, 1),
            batch["emotion"].repeat_interleave(frames, dim=0),
            batch["manner"].flatten(0, 1),
            tuple(found.repeat_interleave(frames, dim=0) for found in maps.maps),
        )
        return made.float(), maps

    def _drawn_losses(
        self, made: Tensor, true: Tensor, maps: IdentityMaps, frames: int, step: int
    ) -> dict[str, Tensor]:
        training = self.training
        losses = {
            "similarity": training.similarity_weight * 0.1 * similarity_loss(made, true, self.weights),
            "gradient": training.gradient_weight * gradient_loss(made, true),
        }
        if training.maps_weight:
            wanted = self.maps(true[::frames])
            errors = [(a.float() - b).square().mean() for a, b in zip(maps.aligned, wanted, strict=True)]
            losses["maps"] = training.maps_weight * torch.stack(errors).mean()
        if self.judge is not None and step % training.perceptual_every == 0:
            losses["perceptual"] = training.perceptual_weight * self.judge((made + 1) / 2, (true + 1) / 2)
        return losses

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Mean absolute error of frames made from held-out speech alone, in -1..1, whole and around the mouth."""
        measures = {}
        place = frame_weights(self.settings.model.decoder.size, 0, 1).to(self.device)
        for name, passages in (("seen", self.voices.seen), ("unseen", self.voices.unseen)):
            pairs = held_out(self.performances, one_of_each(passages, 12), 12, modules)
            if pairs:
                error = torch.stack([(pair[:, 0] - pair[:, 1]).abs().mean() for pair in pairs]).mean()
                mouth = torch.stack([((pair[:, 0] - pair[:, 1]).abs() * place).mean() for pair in pairs]).mean()
                measures[f"{name}_error"] = error.item()
                measures[f"{name}_mouth"] = (mouth / place.mean()).item()
        return measures

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """Made frames above true ones, of seen and of unseen voices."""
        sheets = []
        for name, passages in (("seen", self.voices.seen), ("unseen", self.voices.unseen)):
            pairs = held_out(self.performances, one_of_each(passages, 12), 12, modules)
            if pairs:
                rows = [torch.cat(list(torch.cat([pair[:2, side] for pair in pairs])), dim=2) for side in (0, 1)]
                sheet = ((torch.cat(rows, dim=1).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
                sheets.append((name, sheet.movedim(0, 2).cpu().numpy()))
        return sheets


def by_clip(frames: Tensor, count: int) -> Tensor:
    """Frames `(B * F, 3, S, S)` as `(B, F, 3, S, S)`."""
    return frames.reshape(-1, count, *frames.shape[1:])


def one_of_each(passages: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Some passages: one of each speaker, then more, so that all speakers are among the first."""
    seen: dict[str, int] = {}
    order = []
    for passage in passages:
        seen[passage.speaker] = seen.get(passage.speaker, 0) + 1
        order.append((seen[passage.speaker], passage.speaker, passage))
    return tuple(item[2] for item in sorted(order, key=lambda item: item[:2])[:count])


class AdversarialStage(FramesStage):
    """The same losses and L_adv, against D_ID, D_fr and D_sync."""

    def __init__(self, voices: Voices, settings: Settings, done: Mapping[str, Path], device: str) -> None:
        super().__init__(voices, settings, done, device)
        training, model = settings.adversarial, settings.model
        self.against = training
        if "frames" in done:
            for name in ("decoder", "identity", "norms"):
                restored(self.modules[name], done["frames"] / f"{name}.safetensors")
        self.judges = {
            "judge_identity": IdentityDiscriminator(model, training.width).to(self.device),
            "judge_frame": FrameDiscriminator(training.width).to(self.device),
            "judge_sync": SyncDiscriminator(model, training.width, min(training.stack, training.frames)).to(
                self.device
            ),
        }
        self.modules |= self.judges
        paper = model.preset == "paper"
        kind: Any = torch.optim.RMSprop if paper else torch.optim.Adam
        rates = {
            "judge_identity": training.identity_rate,
            "judge_frame": training.frame_rate,
            "judge_sync": training.sync_rate,
        }
        self.optimizers = {"decoder": kind(self.drawn, lr=training.rate)} | {
            name: kind(self.judges[name].parameters(), lr=rate) for name, rate in rates.items()
        }

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Consecutive frames of random clips."""
        rng = np.random.default_rng((seed, step, 5))
        training = self.against
        late = "frames" in self.facts or step >= training.teacher_share * training.steps
        return self.performances.batch(rng, training.clips, training.frames, 0.5 if late else 0.0)

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """The discriminators, each on its own, then the decoder against all of them."""
        true = pictures(batch["frames"]).flatten(0, 1)
        frames = batch["heard"].shape[1]
        with context.autocast():
            made, maps = self._made(batch)
            real_maps = self.maps(true[::frames])
        own_maps = [found.detach() for found in maps.aligned]
        losses = self._judged(batch, (made.detach(), true), (own_maps, real_maps), context)
        with context.autocast():
            own = self._drawn_losses(made, true, maps, frames, context.step)
            answers = [
                self.judges["judge_identity"](maps.aligned),
                self.judges["judge_frame"](made),
                self.judges["judge_sync"](*self._stacks(batch["sound"], by_clip(made, frames))),
            ]
            own["adversarial"] = self.against.adversarial_weight * deceiving_loss([x.float() for x in answers])
        context.optimize("decoder", torch.stack(list(own.values())).sum())
        return losses | {name: loss.item() for name, loss in own.items()}

    def _judged(
        self,
        batch: Mapping[str, Any],
        frames: tuple[Tensor, Tensor],
        maps: tuple[Sequence[Tensor], Sequence[Tensor]],
        context: TrainContext,
    ) -> dict[str, float]:
        """Step each discriminator on what is generated and what is real, in this order."""
        count = batch["heard"].shape[1]
        identity, frame, sync = (self.judges[f"judge_{name}"] for name in ("identity", "frame", "sync"))
        with context.autocast():
            fake, real = (by_clip(side, count) for side in frames)
            losses = {
                "judge_identity": identity_judge_loss(identity(maps[0]).float(), identity(maps[1]).float()),
                "judge_frame": frame_judge_loss(frame(frames[0]).float(), frame(frames[1]).float()),
                "judge_sync": sync_judge_loss(
                    sync(*self._stacks(batch["sound"], real)).float(),
                    sync(*self._stacks(batch["other_sound"], real)).float(),
                    sync(*self._stacks(batch["sound"], fake)).float(),
                ),
            }
        for name, loss in losses.items():
            context.optimize(name, loss)
        return {name: loss.item() for name, loss in losses.items()}

    def _stacks(self, sound: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """All runs of frames that D_sync looks at, with their sound."""
        judge: Any = self.judges["judge_sync"]
        starts = range(frames.shape[1] - judge.stack + 1)
        heard = torch.cat([sound[:, first : first + judge.stack] for first in starts])
        return heard, torch.cat([frames[:, first : first + judge.stack] for first in starts])
