"""Cross attention of the translation to the person's own features.

Dimension letters: B frames, L tokens, C channels, H and W sides.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.config import FaceConfig


class Memory(NamedTuple):
    """Keys and values of the references, `(B, L, C)` each; B is 1 where all frames share them."""

    keys: Tensor
    values: Tensor


class CrossAttention(nn.Module):
    """Content attends to the references' un-warped features, Eq. 3 of the paper with the softmax over scores only.

    F' = softmax(LN(Q) LN(K)^T / sqrt(d)) LN(V) + F_c;  out = FFN(LN(F')) + F'
    """

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        width = config.coarse
        if width % config.attention_heads:
            raise ValueError(f"{config.attention_heads} heads do not divide {width} channels")
        self.heads, self.pool = config.attention_heads, config.attention_pool
        self.content_norm, self.source_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.query_norm, self.key_norm, self.value_norm = (nn.LayerNorm(width) for _ in range(3))
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def remember(self, source: Tensor) -> Memory:
        """Keys and values of the references' mean features `(B, C, H, W)`."""
        tokens = self.source_norm(self._tokens(source))
        return Memory(self.key_norm(self.key(tokens)), self.value_norm(self.value(tokens)))

    def forward(self, content: Tensor, memory: Memory) -> Tensor:
        """`(B, C, H, W)` to the same shape."""
        tokens = self._tokens(content)
        q = self.query_norm(self.query(self.content_norm(tokens)))
        k, v = (item.expand(len(q), -1, -1) for item in memory)
        mixed = F.scaled_dot_product_attention(self._split(q), self._split(k), self._split(v))
        y = mixed.transpose(1, 2).flatten(2) + tokens
        y = y + self.feed_forward(y)
        # Where tokens are averages, only what attention changed is enlarged and added.
        B, C, H, W = content.shape
        change: Tensor = (y - tokens).transpose(1, 2).reshape(B, C, H // self.pool, W // self.pool)
        if self.pool > 1:
            change = F.interpolate(change, size=(H, W), mode="bilinear")
        return content + change

    def _tokens(self, maps: Tensor) -> Tensor:
        pooled = F.avg_pool2d(maps, self.pool) if self.pool > 1 else maps
        return pooled.flatten(2).transpose(1, 2)

    def _split(self, tokens: Tensor) -> Tensor:
        B, L, C = tokens.shape
        return tokens.reshape(B, L, self.heads, C // self.heads).transpose(1, 2)
