"""How much memory a plugin holds. torch is looked at only when the plugin has imported it."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

MEGABYTE = 2**20
LOOKS, PAUSE = 5, 0.1
"""How often in a row nothing may have changed, and the seconds in between in which other threads work."""


def tensor_bytes() -> int:
    """Bytes of all torch tensors that Python code can reach, each storage once."""
    torch = sys.modules.get("torch")
    if torch is None:
        return 0
    gc.collect()
    storages: dict[int, int] = {}
    for tensor in _reachable(torch.Tensor):
        if tensor.layout is torch.strided:
            storage = tensor.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
    return sum(storages.values())


def _reachable(kind: type[Any]) -> list[Any]:
    interval = sys.getswitchinterval()
    # Python cannot finish a tuple that is held here too, so no other thread must go on meanwhile.
    sys.setswitchinterval(60.0)
    try:
        # isinstance would run code of lazy proxies.
        return [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]
    finally:
        sys.setswitchinterval(interval)


def settled_bytes() -> int:
    """Bytes of tensors and of what was made inside `tracing`, once no thread that works ahead makes more of them."""
    seen, same = -1, 0
    for _ in range(200):
        now = traced_bytes() + tensor_bytes()
        # Looking holds the interpreter nearly all the time: without a pause such a thread would stand still half done.
        time.sleep(PAUSE)
        same = same + 1 if abs(now - seen) < MEGABYTE // 100 else 0
        if same == LOOKS:
            break
        seen = now
    return now


def traced_bytes() -> int:
    """Bytes of all Python objects and NumPy arrays made inside `tracing`."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@contextmanager
def tracing() -> Iterator[None]:
    """Count allocations inside this block."""
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        yield
    finally:
        if not running:
            tracemalloc.stop()


def resident_bytes() -> int:
    """Bytes of this process in physical memory: sees what native code holds, within some tens of megabytes."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)
