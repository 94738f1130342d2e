"""The inside of the mouth as a dub shows it, from the true landmarks of held-out clips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_ltfg_gan.inner_mouth import InnerMouths, inner_mask
from talkface_ltfg_gan.native import native_frames
from talkface_ltfg_gan.recipe.data import FaceWindow
from talkface_ltfg_gan.recipe.evaluation_renderer import outputs
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_trainer.evaluation import pixel_scores
from talkface_trainer.sharpness import detail_over

MERGED, SHOWN = "references merged", "as shown"
LEAST = 40
"""Pixels of a crop of 128 that a mouth shows of its inside, for a frame to be measured."""


def inner_scores(
    net: FaceGenerator, windows: Sequence[FaceWindow], device: torch.device
) -> dict[str, dict[str, float]]:
    """Scores of consecutive windows between the lips, of frames with an open mouth; none where there is none.

    Of "references merged", where the inside moves with the lips as all of the face does, and "as shown"; see
    `inner_mouth`. `inner_psnr` and `inner_ssim` are of the inside, `inner_detail` is its fine detail over that of the
    truth, and `flicker` is that of `pixel_scores`, over all frames.
    """
    truth = np.stack([window.frame for window in windows])
    side = truth.shape[1]
    masks = np.stack([inner_mask(window.points * side, side) for window in windows]).astype(np.float32)
    least = LEAST * (side / 128) ** 2
    measured = np.flatnonzero(masks.sum(axis=(1, 2)) >= least)
    if not len(measured):
        return {}
    made = _made(net, windows, device)
    return {name: _scores(frames, truth, masks, measured) for name, frames in made.items()}


def _made(net: FaceGenerator, windows: Sequence[FaceWindow], device: torch.device) -> dict[str, ByteArray]:
    merged: list[ByteArray] = []
    for batch, output in outputs(net, windows, device):
        references = batch["references"].cpu().numpy()
        chosen = np.arange(references.shape[0] * references.shape[1]).reshape(references.shape[:2])
        flat = references.reshape(-1, *references.shape[2:])
        merged.extend(native_frames(output, batch["frame"].cpu().numpy(), flat, chosen, config=net.config))
    shown = [frame.copy() for frame in merged]
    for frame, window in zip(shown, windows, strict=True):
        side = np.float32(len(frame))
        mouths = InnerMouths.of(window.references, window.reference_points * side)
        mouths.show(frame, window.points * side, np.arange(len(window.references)), window.weights)
    return {MERGED: np.stack(merged), SHOWN: np.stack(shown)}


def _scores(frames: ByteArray, truth: ByteArray, masks: FloatArray, measured: NDArray[np.int64]) -> dict[str, float]:
    open_ones = pixel_scores(frames[measured], truth[measured], masks[measured])
    return {
        "inner_psnr": open_ones["mouth_psnr"],
        "inner_ssim": open_ones["mouth_ssim"],
        "inner_detail": detail_over(frames[measured], truth[measured], masks[measured]),
        "flicker": pixel_scores(frames, truth, masks)["flicker"],
    }
