"""Frames at the size of the face in the video, from a network that works at a smaller one.

The network says where each place comes from; the reference's own pixels are brought there at full size, so that skin
keeps its texture, and what the network adds to them is smooth enough to be enlarged.

Dimension letters: B frames, N references, S the side of the network's crop, L the side wanted.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from talkface_ltfg_gan.face_generator import FaceOutput


def native_frames(out: FaceOutput, frames: Tensor, references: Tensor, top: int) -> Tensor:
    """RGB in 0..1, `(B, 3, L, L)`, for frames `(B, 3, L, L)` and the references shown to each, `(B, N, 3, L, L)`.

    `out` is what the network made of them at its own size, from row `top` on.
    """
    B, N, _, L, _ = references.shape
    S = out.picture.shape[-1]
    rows = (S - top) * L // S
    first = L - rows
    small = torch.cat([out.flow.flatten(0, 1).float(), out.confidence.flatten(0, 1).float()], dim=1)
    large = F.interpolate(small, size=(rows, L), mode="bilinear")
    flow, confidence = large[:, :2] * (L / S), large[:, 2:]
    y = torch.arange(first, L, device=flow.device, dtype=flow.dtype)
    x = torch.arange(L, device=flow.device, dtype=flow.dtype)
    here = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
    places = (here + flow.permute(0, 2, 3, 1)) * (2 / (L - 1)) - 1
    warped = F.grid_sample(
        references.flatten(0, 1).float(), places, mode="bilinear", padding_mode="border", align_corners=True
    )
    warped, confidence = (each.reshape(B, N, -1, rows, L) for each in (warped, confidence))
    merged = (warped * confidence).sum(dim=1) / (confidence.sum(dim=1) + 1e-5)
    added = (out.picture - out.warped)[:, :, top:].float()
    made = merged + F.interpolate(added, size=(rows, L), mode="bilinear")
    return torch.cat([frames[:, :, :first], made], dim=2)
