"""What generators do around their networks: batches, number formats, checks of what the host gives."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import torch

from talkface_studio.api.card import CropSpec, ModelCard
from talkface_studio.api.errors import DeviceError, PluginError, WeightsError
from talkface_studio.api.generator import Face
from talkface_studio.api.values import Device, FaceCrop, Options

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)


class NetworkCache(Generic[T]):
    """A generator's networks, loaded once per weight file and device. Threads may share it.

    `load` reads the networks of a weight file onto a device, which it is given by torch's name.
    """

    def __init__(self, card: ModelCard, load: Callable[[Path, str], T]) -> None:
        self._card, self._load = card, load
        self._loaded: dict[tuple[Path, str], T] = {}
        self._lock = Lock()

    def get(self, name: str, options: Options, device: Device) -> T:
        """The networks of the weight file that the card calls `name`.

        Raises:
            WeightsError: there is no such file for the preset, or it is missing, damaged or of another network.
            DeviceError: this machine has no such device.
        """
        if name not in options.weights:
            raise WeightsError(f"model {self._card.name}: no weight file called {name!r} for preset {options.preset}")
        check_device(device)
        key = options.weights[name], device.torch_name
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self._load(*key)
            return self._loaded[key]

    def __len__(self) -> int:
        """How many are loaded."""
        return len(self._loaded)

    def clear(self) -> None:
        """Free them."""
        with self._lock:
            self._loaded.clear()


def batches(times: Iterable[float], look_ahead: float, size: int) -> Iterator[list[float]]:
    """Groups of up to `size` instants that begin at most `look_ahead` seconds apart where instants are evenly spaced.

    One more is read to notice the end of a group.
    """
    batch: list[float] = []
    for time in times:
        if batch and 2 * time - batch[-1] - batch[0] > look_ahead + 1e-6:
            yield batch
            batch = []
        batch.append(time)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def in_order(
    batches: Iterable[T], work: Callable[[T], Sequence[R]], device: Device, *, at_once: int = 2
) -> Iterator[R]:
    """What `work` makes of the batches, in their order.

    Where networks have one thread of the CPU to themselves, `at_once` batches are worked on at a time: two fill the
    cores better than two threads for one, which wait for each other in every layer. One more than that is read at
    most, the one that is handed out.
    """
    if device.kind != "cpu" or torch.get_num_threads() > 1:
        for batch in batches:
            yield from work(batch)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="batches") as pool:
        under_way: deque[Future[Sequence[R]]] = deque()
        try:
            for batch in batches:
                under_way.append(pool.submit(work, batch))
                if len(under_way) > at_once:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            for each in under_way:
                each.cancel()


class InHalves(Generic[T, R]):
    """Work on sequences that goes on with ever shorter ones when the GPU has no memory left for a whole one."""

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._most: int | None = None

    def __call__(self, items: Sequence[T]) -> list[R]:
        """What the work makes of the items, in as many pieces as it takes.

        Raises:
            DeviceError: there is not even enough memory for one.
        """
        most = min(self._most or len(items), len(items))
        try:
            return [made for first in range(0, len(items), most) for made in self._work(items[first : first + most])]
        except torch.OutOfMemoryError as error:
            if most == 1:
                raise DeviceError(
                    "the GPU has too little free memory for a single frame; close what uses it, or use --device cpu"
                ) from error
        # Behind the handler, because the error holds on to what it was raised amid.
        self._most = most // 2
        _log.warning("the GPU has no memory left for %d frames at a time; going on with %d", most, self._most)
        torch.cuda.empty_cache()
        return self(items)


def autocast(device: Device) -> torch.autocast:
    """The context in which networks run in the device's number format."""
    kinds = {"fp32": torch.bfloat16, "bf16": torch.bfloat16, "fp16": torch.float16}
    return torch.autocast(device.kind, dtype=kinds[device.precision], enabled=device.precision != "fp32")


def check_device(device: Device) -> None:
    """Whether this machine has the device.

    Raises:
        DeviceError: it has not.
    """
    if device.kind == "cuda" and not (torch.cuda.is_available() and device.index < torch.cuda.device_count()):
        raise DeviceError(f"this machine has no device {device.torch_name}; choose --device cpu")


def crops_at(face: Face, times: list[float], spec: CropSpec) -> list[FaceCrop]:
    """The face at each instant, checked.

    Raises:
        PluginError: the host gave too few or too many crops, or one that does not fit the card.
    """
    crops = list(face.crops(times))
    if len(crops) != len(times):
        raise PluginError(f"the host gave {len(crops)} crops for {len(times)} instants from {times[0]:.3f} s")
    for crop in crops:
        check_crop(crop, spec)
    return crops


def check_crop(crop: FaceCrop, spec: CropSpec) -> None:
    """Whether a crop is what the card asks for.

    Raises:
        PluginError: its picture or its mesh has another shape.
    """
    side = crop.pixels.shape[0]
    fits = side == spec.size or spec.size < side <= spec.largest
    if not fits or crop.pixels.shape != (side, side, 3) or crop.pixels.dtype != np.uint8:
        raise PluginError(
            f"the crop at {crop.time:.3f} s is {crop.pixels.shape} {crop.pixels.dtype}, "
            f"not ({spec.size}, {spec.size}, 3) uint8"
        )
    if crop.landmarks.shape != (478, 3) or not np.isfinite(crop.landmarks).all():
        raise PluginError(f"the crop at {crop.time:.3f} s has no usable mesh of (478, 3) points")
