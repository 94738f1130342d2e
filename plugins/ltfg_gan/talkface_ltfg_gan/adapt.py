"""Getting to know the person that is dubbed from the reference pictures alone.

Each reference is made from others. Some are kept aside to judge by: first whether they are made better from many
references than from few, and then whether a network that was fine-tuned makes them better than the one that was given,
which comes back otherwise. What the person said in these pictures is not known, so the speech heard is the average and
the parts that listen do not learn.

Dimension letters: R references, N references shown to a frame, C points of jaw and lips, P points of the model, S the
side of the network's crop.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_ltfg_gan.person import network_points, network_size, smooth_lines, to_tensor
from talkface_ltfg_gan.reference_choice import FEW, likeness, nearest_references, shown_of
from talkface_ltfg_gan.sketch import draw_sketches, mouth_mask
from talkface_ltfg_gan.speech_front import StandardisedFeatures
from talkface_ltfg_gan.steady_head import POSE, SteadyHead
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.api.values import Device, FaceCrop
from talkface_studio.nn.serving import autocast

FEWEST = 8
"""With fewer references there is nothing to learn from and to judge by."""
KEPT_ASIDE, RUNS = 4, 12
"""Of about so many runs of neighbours into which references are divided, every fourth is kept aside: those between two
others that are learned from would be known with them."""
NEAR = 0.1
"""Seconds around a reference whose references it is not made from: a neighbouring frame is nearly the answer."""
SHORTEST = 5.0
"""Seconds of the clip below which nothing is learned: the network would know these moments by heart, and what is kept
aside is too near to them to tell."""
BATCH = 4
RATE = 3e-5
"""Three times as fast, what is learned fits the references and not the moments between."""
JUDGED_EVERY, PATIENCE = 10, 3
"""Steps between judgements, and how many in a row without a better network end it."""
MOUTH_WEIGHT, BETA = 100.0, 0.2
"""As in the training recipe: how much more the mouth counts, and up to where an error counts by its square."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What came of it."""

    network: FaceGenerator
    """Fine-tuned, or the one that was given."""
    known: tuple[int, ...]
    """Which of the references frames are to be made from, in their order: all, or as many as without adaptation."""
    before: float
    """PSNR in dB around the mouth of the references kept aside, made as they are without adaptation; NaN where nothing
    was tried."""
    after: float
    """The same with `network` and from `known`."""


def adapted(
    network: FaceGenerator,
    crops: Sequence[FaceCrop],
    device: Device,
    *,
    steps: int,
    seed: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Adaptation:
    """Up to `steps` steps on the reference crops; the best network of those judged on the way.

    With fewer than `FEWEST` references nothing is tried, and of a clip below `SHORTEST` nothing is learned. When
    nothing got better, the network is returned as it is.

    Raises:
        JobCancelledError: `cancelled`, which is asked before each step, said so.
    """
    everything = np.arange(len(crops))
    if steps <= 0 or len(crops) < FEWEST:
        return Adaptation(network, tuple(everything.tolist()), float("nan"), float("nan"))
    album = _Album.of(network, crops, device)
    aside = np.flatnonzero(everything // max(1, len(crops) // RUNS) % KEPT_ASIDE == 2)
    few = np.array([part[len(part) // 2] for part in np.array_split(everything, min(FEW, len(crops)))])
    before, known = album.mouth_error(network, aside, np.setdiff1d(few, aside), device), few
    start = before
    if len(few) < len(crops):
        of_all = album.mouth_error(network, aside, np.setdiff1d(everything, aside), device)
        if of_all <= before:
            start, known = of_all, everything
    best = start
    if np.ptp(album.times) >= SHORTEST:
        task = _Task(album, np.setdiff1d(known, aside), aside, device)
        network, best = _trained(network, task, start, steps=steps, seed=seed, cancelled=cancelled)
    return Adaptation(network, tuple(known.tolist()), _psnr(before), _psnr(best))


@dataclass(frozen=True, slots=True)
class _Task:
    """What is learned from and judged by: indices of references."""

    album: _Album
    seen: NDArray[np.int64]
    aside: NDArray[np.int64]
    device: Device

    def judged(self, network: FaceGenerator) -> float:
        """How wrong those kept aside are made of the others."""
        return self.album.mouth_error(network, self.aside, self.seen, self.device)


def _trained(
    network: FaceGenerator, task: _Task, start: float, *, steps: int, seed: int, cancelled: Callable[[], bool]
) -> tuple[FaceGenerator, float]:
    """The best network and its error; the one that was given, whose error is `start`, where none is better."""
    trained = copy.deepcopy(network).eval()
    learning = [
        p for name, p in trained.named_parameters() if not name.startswith("speech") and "by_speech" not in name
    ]
    optimizer = torch.optim.Adam(learning, lr=RATE)
    rng = np.random.default_rng(seed)
    best, best_step, state = start, 0, None
    for step in range(1, steps + 1):
        if cancelled():
            raise JobCancelledError("cancelled while the model learned the face")
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, step / 10)
        targets = rng.choice(task.seen, min(BATCH, len(task.seen)), replace=False)
        made = task.album.made(trained, targets, task.seen, task.device)
        weight = 1 + MOUTH_WEIGHT * task.album.mouths[targets]
        error = F.smooth_l1_loss(made, task.album.pictures[targets], reduction="none", beta=BETA)
        loss = (error * weight).sum() / weight.sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        if step % JUDGED_EVERY == 0 or step == steps:
            error_now = task.judged(trained)
            if error_now < best:
                best, best_step, state = error_now, step, copy.deepcopy(trained.state_dict())
            elif step - best_step >= PATIENCE * JUDGED_EVERY:
                break
    if state is None:
        return network, start
    trained.load_state_dict(state)
    return trained.requires_grad_(requires_grad=False), best


@dataclass(frozen=True, slots=True)
class _Album:
    """The references as the network sees them."""

    pictures: Tensor
    """RGB in 0..1, `(R, 3, S, S)`."""
    sketches: Tensor
    """`(R, K, S, S)`."""
    points: Tensor
    """`(R, P, 2)` in 0..1 of the crop."""
    mouths: Tensor
    """1 around the lips, `(R, 1, S, S)`."""
    likeness: NDArray[np.float32]
    """What they are chosen by for each other, `(R, C + 74, 2)`; see `reference_choice`."""
    times: NDArray[np.float64]
    """When they were seen, in seconds, `(R,)`."""
    speech: Tensor
    """The average of what is heard, `(W, E)`."""

    @classmethod
    def of(cls, network: FaceGenerator, crops: Sequence[FaceCrop], device: Device) -> _Album:
        config = network.config
        meshes = np.stack([crop.landmarks for crop in crops])
        pixels = np.stack([crop.pixels for crop in crops])
        points = network_points(meshes, pixels.shape[1])
        sketches = draw_sketches(points, config.size, channels=config.sketch_channels, smooth=smooth_lines(network))
        mouths = np.stack([mouth_mask(each, config.size) for each in points])[:, None]
        speech = torch.zeros(config.speech.steps, config.speech.inputs)
        if isinstance(network.speech, StandardisedFeatures):
            speech = network.speech.feature_mean.expand_as(speech)
        steady = SteadyHead.fit(meshes, crops[0].layout).points(meshes)
        return cls(
            pictures=to_tensor(network_size(pixels, config.size), device),
            sketches=torch.from_numpy(sketches).to(device.torch_name),
            points=torch.from_numpy(points).to(device.torch_name),
            mouths=torch.from_numpy(mouths).to(device.torch_name),
            likeness=likeness(steady[:, POSE:, :2], points[:, :POSE]),
            times=np.array([crop.time for crop in crops]),
            speech=speech.to(device.torch_name),
        )

    def made(
        self, network: FaceGenerator, targets: NDArray[np.int64], known: NDArray[np.int64], device: Device
    ) -> Tensor:
        """Some of the pictures, each made from the best of the `known` others that are not from the same moment."""
        chosen, weights = [], []
        for target in targets:
            others = known[np.abs(self.times[known] - self.times[target]) > NEAR]
            others = others if len(others) else known[known != target]
            index, weight = nearest_references(self.likeness[target][None], self.likeness[others], shown_of(len(known)))
            chosen.append(others[index[0]])
            weights.append(weight[0])
        places = torch.from_numpy(np.stack(chosen))
        window = network.config.window
        with autocast(device):
            references = network.encode_references(self.pictures[places], self.sketches[places], self.points[places])
            out = network(
                references,
                self.pictures[targets].contiguous(memory_format=torch.channels_last),
                self.sketches[targets][:, None].expand(-1, window, -1, -1, -1),
                self.speech.expand(len(targets), -1, -1),
                self.points[targets],
                weights=torch.from_numpy(np.stack(weights)).to(self.pictures),
            )
        picture: Tensor = out.picture.float()
        return picture

    def mouth_error(
        self, network: FaceGenerator, targets: NDArray[np.int64], known: NDArray[np.int64], device: Device
    ) -> float:
        """Squared error around the mouths, the geometric mean over the pictures: none of them decides for all."""
        with torch.no_grad():
            error = (self.made(network, targets, known, device).clamp(0, 1) - self.pictures[targets]).square()
        weight = self.mouths[targets]
        each = (error * weight).sum(dim=(1, 2, 3)) / (3 * weight.sum(dim=(1, 2, 3)))
        return float(each.clamp_min(1e-8).log().mean().exp())


def _psnr(error: float) -> float:
    return float(-10 * np.log10(max(error, 1e-10)))
