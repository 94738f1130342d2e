"""Whisper's encoder as a network, with the names of its parts that transformers gives its own.

Built here because importing that of transformers takes seconds, of which the encoder needs nothing.

Dimension letters: B pieces of speech, L positions (50 a second), D width, H heads.
"""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class WhisperEncoder(nn.Module):
    """Log-mel `(B, bins, 2 L)` to what several of its depths say of each position.

    Source: Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision.
    """

    def __init__(self, width: int, layers: int, heads: int, bins: int, positions: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(bins, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        # A table that fills itself would, on the "meta" device, import torch's compiler: 100 MB and a second.
        self.embed_positions = nn.Embedding(positions, width, _weight=torch.zeros(positions, width))
        self.layers = nn.ModuleList(_Layer(width, heads) for _ in range(layers))
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, mel: Tensor, taps: Collection[int]) -> tuple[Tensor, ...]:
        """The outputs of the layers `taps`, counted from 1, and the normalised one of the last: `(B, L, D)` each."""
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        x = x + self.embed_positions.weight
        said = []
        for number, layer in enumerate(self.layers, 1):
            x = layer(x)
            if number in taps:
                said.append(x)
        return (*said, self.layer_norm(x))


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.self_attn = _Attention(width, heads)
        self.final_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        out: Tensor = x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))
        return out


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(3))
        self.k_proj = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (self._split(project(x)) for project in (self.q_proj, self.k_proj, self.v_proj))
        out: Tensor = self.out_proj(F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        """`(B, L, D)` to `(B, H, L, D / H)`."""
        B, L, D = x.shape
        return x.reshape(B, L, self.heads, D // self.heads).transpose(1, 2)
