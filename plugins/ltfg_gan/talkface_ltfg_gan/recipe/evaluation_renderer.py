"""The face generator alone, from the true landmarks of held-out clips, beside a warp and a picture as it is.

Dimension letters: N measured frames, S side of the crop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talkface_ltfg_gan.config import FRAME_RATE, FaceConfig
from talkface_ltfg_gan.face_generator import FaceGenerator, FaceOutput, placed
from talkface_ltfg_gan.recipe.data import FaceWindow, LandmarkClips, best_references, held_out_window
from talkface_ltfg_gan.recipe.face_stage import stacked, to_network, to_pixels
from talkface_ltfg_gan.reference_choice import FEW, shown_of
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.nn.flow import shepard_flow, warp
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import spread_frames

SYSTEMS = ("face generator", "analytic warp", "nearest reference")
GUARD = 2
"""Frames next to the references that are not measured: they look like the nearest of them."""
SHORTEST = 12
"""Frames of a clip below which nothing is left to measure."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One clip: some of it is where references are from, the rest is measured.

    Sixteen references spread over a whole clip of three seconds would be within two frames of everything that there is
    to measure, and a neighbouring frame is nearly the answer.
    """

    clip: Clip
    references: NDArray[np.int64]
    """Indices of frames, in their order."""
    frames: NDArray[np.int64]
    """Indices of the frames that are measured, `(N,)`."""
    windows: tuple[FaceWindow, ...]
    """Each of them with its best references."""

    @classmethod
    def of(cls, clips: LandmarkClips, clip: Clip, references: NDArray[np.int64] | None = None) -> HeldOut:
        """Measure the second half of a clip of at least `SHORTEST` frames.

        References are spread over the first half if none are given.

        Raises:
            TrainingError: the data set was prepared without the speech features that the face generator hears.
        """
        half = clip.frames // 2
        if references is None:
            references = spread_frames(half, FEW)
        return cls._with(clips, clip, references, np.arange(half + GUARD, clip.frames))

    @classmethod
    def between(cls, clips: LandmarkClips, clip: Clip, count: int) -> HeldOut:
        """Measure every other second of a clip, of which some are left out next to the others, as in a dub's video.

        Up to `count` references are spread over the others. Of a clip of hardly more than a second nothing is measured.

        Raises:
            TrainingError: the data set was prepared without the speech features that the face generator hears.
        """
        odd = np.arange(clip.frames) // FRAME_RATE % 2 == 1
        known, frames = np.flatnonzero(~odd), np.flatnonzero(odd)
        frames = frames[np.abs(frames[:, None] - known).min(axis=1) > GUARD]
        return cls._with(clips, clip, known[spread_frames(len(known), count)], frames)

    @classmethod
    def _with(
        cls, clips: LandmarkClips, clip: Clip, references: NDArray[np.int64], frames: NDArray[np.int64]
    ) -> HeldOut:
        return cls(clip, references, frames, tuple(_window(clips, clip, int(frame), references) for frame in frames))

    def from_some(self, clips: LandmarkClips, places: Sequence[int]) -> HeldOut:
        """The same frames made from some of the references."""
        return self._with(clips, self.clip, self.references[list(places)], self.frames)

    @property
    def truth(self) -> ByteArray:
        """The measured frames, uint8 `(N, S, S, 3)`."""
        return np.stack([window.frame for window in self.windows])

    @property
    def mouths(self) -> FloatArray:
        """How much each of their pixels belongs to the mouth, float32 `(N, S, S)` in 0..1."""
        return np.stack([window.mouth for window in self.windows])


def _window(clips: LandmarkClips, clip: Clip, frame: int, references: NDArray[np.int64]) -> FaceWindow:
    chosen, weights = best_references(clips, clip, frame, references, shown_of(len(references)))
    return replace(held_out_window(clips, clip, frame, chosen), weights=weights)


def rendered(net: FaceGenerator, windows: Sequence[FaceWindow], device: torch.device) -> dict[str, ByteArray]:
    """The frames of windows as each of `SYSTEMS` makes them, uint8 `(N, S, S, 3)`."""
    made: dict[str, list[ByteArray]] = {system: [] for system in SYSTEMS}
    for batch, output in outputs(net, windows, device):
        pictures, frame = to_network(batch["references"]), to_network(batch["frame"])
        made["face generator"].append(to_pixels(output.picture))
        made["analytic warp"].append(to_pixels(analytic_warp(pictures, frame, batch, net.config)))
        made["nearest reference"].append(batch["references"][:, 0].cpu().numpy())
    return {system: np.concatenate(parts) for system, parts in made.items()}


def outputs(
    net: FaceGenerator, windows: Sequence[FaceWindow], device: torch.device
) -> Iterator[tuple[Mapping[str, Tensor], FaceOutput]]:
    """Windows in batches, and what the network makes of each."""
    for start in range(0, len(windows), _BATCH):
        batch = stacked(windows[start : start + _BATCH], device)
        pictures, frame = to_network(batch["references"]), to_network(batch["frame"])
        with torch.inference_mode():
            references = net.encode_references(pictures, batch["reference_sketches"], batch["reference_points"])
            shown = frame, batch["sketches"], batch["speech"], batch["points"]
            made = net(references, *shown, weights=batch["weights"])
        yield batch, made


def analytic_warp(pictures: Tensor, frame: Tensor, batch: Mapping[str, Tensor], config: FaceConfig) -> Tensor:
    """References `(B, n, 3, S, S)` moved by their landmarks and merged, without learning anything: `(B, 3, S, S)`.

    As in the face generator, what that does not make is as in `frame` `(B, 3, S, S)`.
    """
    S, weights = config.size, batch["weights"]
    flow = shepard_flow(batch["reference_points"] * S, batch["points"] * S, S, grid=config.analytic_grid)
    warped = warp(pictures.flatten(0, 1), flow.flatten(0, 1)).reshape(pictures.shape)
    merged = (warped * (weights / weights.sum(dim=1, keepdim=True))[:, :, None, None, None]).sum(dim=1)
    return placed(merged[:, :, *config.made], frame, config)
