"""Batches, made ahead of time in a background thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

Batch = Mapping[str, Any]


@contextmanager
def prefetched(
    make: Callable[[int], Batch], start: int, stop: int, *, depth: int, threads: int
) -> Iterator[Iterator[Batch]]:
    """The batches of steps `start..stop` in order, at most `depth` of them made ahead, by `threads` threads.

    An error inside `make` is raised where its batch would have come.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="loader")
    waiting: deque[Future[Batch]] = deque()

    def batches() -> Iterator[Batch]:
        steps = iter(range(start, stop))
        for step in steps:
            waiting.append(pool.submit(make, step))
            if len(waiting) > depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    try:
        yield batches()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def to_device(value: Any, device: torch.device) -> Any:
    """Arrays and tensors in `value` (nested in mappings, lists and tuples) as tensors on the device."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.ascontiguousarray(value))
    if isinstance(value, torch.Tensor):
        if device.type == "cuda" and value.device.type == "cpu":
            value = value.pin_memory()
        return value.to(device, non_blocking=True)
    if isinstance(value, Mapping):
        return {key: to_device(item, device) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(to_device(item, device) for item in value)
    return value
