"""A bounded store of chunks, so that an hour of speech needs no more memory than a minute."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Chunk = TypeVar("Chunk")


class ChunkCache(Generic[Key, Chunk]):
    """Keeps the `size` most recently used chunks. Not thread-safe by itself."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._chunks: OrderedDict[Key, Chunk] = OrderedDict()

    def __len__(self) -> int:
        return len(self._chunks)

    def get(self, key: Key, compute: Callable[[], Chunk]) -> Chunk:
        """The chunk of this key, computed where it is not held; the least recently used one makes room."""
        if key in self._chunks:
            self._chunks.move_to_end(key)
            return self._chunks[key]
        chunk = compute()
        self._chunks[key] = chunk
        while len(self._chunks) > self._size:
            self._chunks.popitem(last=False)
        return chunk

    def clear(self) -> None:
        """Forget every chunk."""
        self._chunks.clear()
