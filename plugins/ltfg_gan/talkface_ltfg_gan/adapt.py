"""Fine-tuning the face generator on the person that is dubbed, from the reference pictures alone.

Each reference is made from the others. Some are kept aside to judge by: the network comes back as it was unless it
makes those better. What the person said in these pictures is not known, so the speech heard is the average and the
parts that listen do not learn.

Dimension letters: R references, N references shown to a frame, P points of the model, S the side of the network's crop.
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
from talkface_ltfg_gan.reference_choice import nearest_references
from talkface_ltfg_gan.sketch import draw_sketches, mouth_mask
from talkface_ltfg_gan.speech_front import StandardisedFeatures
from talkface_ltfg_gan.steady_head import POSE, SteadyHead
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import Device, FaceCrop
from talkface_studio.nn.serving import autocast

FEWEST = 8
"""With fewer references there is nothing to learn from and to judge by."""
KEPT_ASIDE = 4
"""Every fourth reference is kept aside."""
BATCH, RATE, SHOWN = 4, 2e-4, 2
JUDGED_EVERY, PATIENCE = 10, 3
"""Steps between judgements, and how many in a row without a better network end it."""
MOUTH_WEIGHT, BETA = 100.0, 0.2
"""As in the training recipe: how much more the mouth counts, and up to where an error counts by its square."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What came of it."""

    network: FaceGenerator
    """Fine-tuned, or the one that was given."""
    before: float
    """PSNR in dB around the mouth of the references kept aside, made from the others; NaN where nothing was tried."""
    after: float
    """The same with `network`."""


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

    With fewer than `FEWEST` references, or when nothing got better, the network is returned as it is.

    Raises:
        JobCancelledError: `cancelled`, which is asked before each step, said so.
    """
    if steps <= 0 or len(crops) < FEWEST:
        return Adaptation(network, float("nan"), float("nan"))
    album = _Album.of(network, crops, device)
    order = np.argsort([lip_opening(crop.landmarks) for crop in crops], kind="stable")
    # Spread over the mouth shapes, so that neither open nor closed mouths are all on one side.
    aside = np.sort(order[1::KEPT_ASIDE])
    seen = np.setdiff1d(np.arange(len(crops)), aside)
    trained = copy.deepcopy(network)
    learning = [
        p for name, p in trained.named_parameters() if not name.startswith("speech") and "by_speech" not in name
    ]
    optimizer = torch.optim.Adam(learning, lr=RATE)
    rng = np.random.default_rng(seed)
    start = album.mouth_error(trained.eval(), aside, seen, device)
    best, best_step, state = start, 0, None
    for step in range(1, steps + 1):
        if cancelled():
            raise JobCancelledError("cancelled while the model learned the face")
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, step / 10)
        targets = rng.choice(seen, min(BATCH, len(seen)), replace=False)
        made = album.made(trained, targets, seen, device)
        weight = 1 + MOUTH_WEIGHT * album.mouths[targets]
        error = F.smooth_l1_loss(made, album.pictures[targets], reduction="none", beta=BETA)
        loss = (error * weight).sum() / weight.sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        if step % JUDGED_EVERY == 0 or step == steps:
            error_now = album.mouth_error(trained, aside, seen, device)
            if error_now < best:
                best, best_step, state = error_now, step, copy.deepcopy(trained.state_dict())
            elif step - best_step >= PATIENCE * JUDGED_EVERY:
                break
    if state is None:
        return Adaptation(network, _psnr(start), _psnr(start))
    trained.load_state_dict(state)
    trained.requires_grad_(requires_grad=False)
    return Adaptation(trained.eval(), _psnr(start), _psnr(best))


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
    content: NDArray[np.float32]
    """Jaw and lips on a steady head, `(R, C, 2)`."""
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
            content=np.ascontiguousarray(steady[:, POSE:, :2]),
            speech=speech.to(device.torch_name),
        )

    def made(
        self, network: FaceGenerator, targets: NDArray[np.int64], known: NDArray[np.int64], device: Device
    ) -> Tensor:
        """Some of the pictures, each made from the best of the `known` others."""
        chosen, weights = [], []
        for target in targets:
            others = known[known != target]
            index, weight = nearest_references(self.content[target][None], self.content[others], SHOWN)
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
        """Mean squared error around the mouths."""
        with torch.no_grad():
            error = (self.made(network, targets, known, device).clamp(0, 1) - self.pictures[targets]).square()
        weight = self.mouths[targets]
        return float((error * weight).sum() / (3 * weight.sum()))


def _psnr(error: float) -> float:
    return float(-10 * np.log10(max(error, 1e-10)))
