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

from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.face_generator import FaceGenerator, FaceOutput
from talkface_ltfg_gan.recipe.data import FaceWindow, LandmarkClips, best_references, held_out_window
from talkface_ltfg_gan.recipe.face_stage import stacked, to_network, to_pixels
from talkface_ltfg_gan.take import SHOWN
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.nn.flow import shepard_flow, warp
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import spread_frames

SYSTEMS = ("face generator", "analytic warp", "nearest reference")
REFERENCES = 16
"""Pictures of the person that are known."""
GUARD = 2
"""Frames after the references that are not measured: they look like the last of them."""
SHORTEST = 12
"""Frames of a clip below which nothing is left to measure."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One clip: the first half is where references are from, the second is measured.

    Sixteen references spread over a whole clip of three seconds would be within two frames of everything that there is
    to measure, and a neighbouring frame is nearly the answer.
    """

    clip: Clip
    references: NDArray[np.int64]
    """Indices of frames of the first half, spread evenly."""
    frames: NDArray[np.int64]
    """Indices of the frames that are measured, consecutive, `(N,)`."""
    windows: tuple[FaceWindow, ...]
    """Each of them with its best references."""

    @classmethod
    def of(cls, clips: LandmarkClips, clip: Clip) -> HeldOut:
        """Divide a clip of at least `SHORTEST` frames.

        Raises:
            TrainingError: the data set was prepared without the speech features that the face generator hears.
        """
        half = clip.frames // 2
        references = spread_frames(half, REFERENCES)
        frames = np.arange(half + GUARD, clip.frames)
        return cls(clip, references, frames, tuple(_window(clips, clip, int(frame), references) for frame in frames))

    @property
    def truth(self) -> ByteArray:
        """The measured frames, uint8 `(N, S, S, 3)`."""
        return np.stack([window.frame for window in self.windows])

    @property
    def mouths(self) -> FloatArray:
        """How much each of their pixels belongs to the mouth, float32 `(N, S, S)` in 0..1."""
        return np.stack([window.mouth for window in self.windows])


def _window(clips: LandmarkClips, clip: Clip, frame: int, references: NDArray[np.int64]) -> FaceWindow:
    chosen, weights = best_references(clips, clip, frame, references, SHOWN)
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

    As in the face generator, rows above `top` are those of `frame` `(B, 3, S, S)`.
    """
    S, weights = config.size, batch["weights"]
    flow = shepard_flow(batch["reference_points"] * S, batch["points"] * S, S, grid=config.analytic_grid)
    warped = warp(pictures.flatten(0, 1), flow.flatten(0, 1)).reshape(pictures.shape)
    merged = (warped * (weights / weights.sum(dim=1, keepdim=True))[:, :, None, None, None]).sum(dim=1)
    return torch.cat([frame[:, :, : config.top], merged[:, :, config.top :]], dim=2)
