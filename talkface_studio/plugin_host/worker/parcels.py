"""Arrays through the slots of shared memory: packed by one side, copied out and given back by the other."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from math import prod
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import CropLayout, FaceCrop
from talkface_studio.ipc.slots import FreeSlots, SlotMemory
from talkface_studio.plugin_host.worker.protocol import ArraySpec, CropInfo, Parcel, Piece

Array = NDArray[Any]
DTYPES = frozenset({"uint8", "float32", "float64"})
"""Of arrays that can be sent; all that values of `api` are made of."""


class ParcelError(Exception):
    """A parcel that does not lie within the memory, or one that nobody took."""


class Packer:
    """Puts arrays into free slots. Threads may share it."""

    def __init__(self, memory: SlotMemory, send: Callable[[Piece], None], patience: float) -> None:
        self._memory, self._send, self._patience = memory, send, patience
        self._free = FreeSlots(memory.slots)
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def pack(self, arrays: Sequence[Array]) -> Parcel:
        """Copy arrays into the memory; what does not fit into one slot is sent ahead in pieces.

        Raises:
            ParcelError: the other side gave no slot back, or is gone.
        """
        number = next(self._numbers)
        data = [np.ascontiguousarray(array).reshape(-1).view(np.uint8).data for array in arrays]
        slot = self._slot()
        filled = 0
        for view in data:
            while len(view) > self._memory.slot_bytes - filled:
                fitting = self._memory.slot_bytes - filled
                self._memory.write(slot, view[:fitting], filled)
                self._send(Piece(number=number, slot=slot))
                view, slot, filled = view[fitting:], self._slot(), 0  # noqa: PLW2901 - the rest of it
            self._memory.write(slot, view, filled)
            filled += len(view)
        specs = tuple(ArraySpec(dtype=array.dtype.name, shape=array.shape) for array in arrays)  # type: ignore[arg-type]
        return Parcel(arrays=specs, slot=slot, number=number)

    def give_back(self, slot: int) -> None:
        """The other side has read a slot."""
        self._free.give_back(slot)

    def close(self) -> None:
        """Let nobody wait for a slot any longer."""
        self._free.close()

    def _slot(self) -> int:
        slot = self._free.take(self._patience)
        if slot is None:
            raise ParcelError("nobody reads what lies in the shared memory")
        return slot


class Unpacker:
    """Copies arrays out of slots, and gives the slots back. For one thread.

    `release` is called for several slots at once: whoever waits for a free one is woken less often, and at most a
    quarter of the slots are held back meanwhile.
    """

    def __init__(self, memory: SlotMemory, release: Callable[[Sequence[int]], None]) -> None:
        self._memory, self._release_all = memory, release
        self._read: list[int] = []
        self._pieces: dict[int, bytearray] = {}

    def add(self, piece: Piece) -> None:
        """Keep a piece of a parcel that is announced later.

        Raises:
            ParcelError: there is no such slot.
        """
        try:
            with self._memory.view(piece.slot, self._memory.slot_bytes) as view:
                self._pieces.setdefault(piece.number, bytearray()).extend(view)
        except ValueError as error:
            raise ParcelError(str(error)) from error
        self._release(piece.slot)

    def unpack(self, parcel: Parcel) -> list[Array]:
        """The arrays of a parcel, copied; its slot is given back.

        Raises:
            ParcelError: they do not lie within the memory.
        """
        sizes = [prod(spec.shape) * np.dtype(spec.dtype).itemsize for spec in parcel.arrays]
        before = self._pieces.pop(parcel.number, None)
        rest = sum(sizes) - len(before or b"")
        try:
            with self._memory.view(parcel.slot, rest) as view:
                if before is not None:
                    before.extend(view)
                    arrays = _arrays(memoryview(before), parcel.arrays, sizes)
                else:
                    arrays = _arrays(view, parcel.arrays, sizes)
        except ValueError as error:
            raise ParcelError(str(error)) from error
        self._release(parcel.slot)
        return arrays

    def _release(self, slot: int) -> None:
        self._read.append(slot)
        if len(self._read) >= self._memory.slots // 4:
            self._release_all(self._read)
            self._read = []


def _arrays(data: memoryview, specs: Sequence[ArraySpec], sizes: Sequence[int]) -> list[Array]:
    ends = itertools.accumulate(sizes)
    return [
        np.frombuffer(data[end - size : end], spec.dtype).reshape(spec.shape).copy()
        for spec, size, end in zip(specs, sizes, ends, strict=True)
    ]


def crop_info(crop: FaceCrop) -> CropInfo:
    """What is said of a crop beside its arrays."""
    layout = crop.layout
    return CropInfo(
        time=float(crop.time), size=layout.size, eye_distance=layout.eye_distance, eye_height=layout.eye_height
    )


def crop_arrays(crop: FaceCrop) -> tuple[Array, Array, Array]:
    """The arrays of a crop, in the order of the protocol."""
    return crop.pixels, crop.matrix, crop.landmarks


def made_crop(info: CropInfo, arrays: Sequence[Array]) -> FaceCrop:
    """The crop that these were made of."""
    pixels, matrix, landmarks = arrays
    layout = CropLayout(size=info.size, eye_distance=info.eye_distance, eye_height=info.eye_height)
    return FaceCrop(pixels, matrix, landmarks, info.time, layout)
