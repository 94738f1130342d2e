"""Bulk data from process to process: slots of a piece of shared memory that has no name.

One process makes the memory and the process that it starts inherits it, so nobody else can open it, and the system
frees it when both are gone, however they ended. A named piece would stay behind in /dev/shm when both are killed, and
Python's tracker of such names would print warnings about it.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
import uuid
from threading import Condition

SLOT_BYTES = 3840 * 2160 * 3
"""A picture of 4K. Memory is taken only as far as it is written."""
SLOTS = 8


class SlotMemory:
    """Slots for data. `description` is what the other process opens it by; `handles` is what it must inherit."""

    def __init__(self, memory: mmap.mmap, slots: int, slot_bytes: int, name: str, handle: int | None) -> None:
        self._memory = memory
        self._handle = handle
        self.slots, self.slot_bytes = slots, slot_bytes
        self.description = f"{name}:{slots}:{slot_bytes}"

    @property
    def handles(self) -> tuple[int, ...]:
        """File descriptors that the other process must inherit under the same numbers."""
        return () if self._handle is None else (self._handle,)

    @classmethod
    def create(cls, slots: int = SLOTS, slot_bytes: int = SLOT_BYTES) -> SlotMemory:
        """New memory."""
        size = slots * slot_bytes
        if sys.platform == "win32":
            name = f"talkface-{uuid.uuid4().hex}"
            return cls(mmap.mmap(-1, size, tagname=name), slots, slot_bytes, name, None)
        handle = _anonymous_file(size)
        return cls(mmap.mmap(handle, size), slots, slot_bytes, str(handle), handle)

    @classmethod
    def open(cls, description: str) -> SlotMemory:
        """The memory that the other process made.

        Raises:
            ValueError: the description is none.
            OSError: it was not inherited.
        """
        name, slots, slot_bytes = description.rsplit(":", 2)
        size = int(slots) * int(slot_bytes)
        if sys.platform == "win32":
            return cls(mmap.mmap(-1, size, tagname=name), int(slots), int(slot_bytes), name, None)
        handle = int(name)
        memory = mmap.mmap(handle, size)
        os.close(handle)
        return cls(memory, int(slots), int(slot_bytes), name, None)

    def write(self, slot: int, data: bytes | memoryview, offset: int = 0) -> None:
        """Put data into a slot, from its byte `offset` on."""
        begin = slot * self.slot_bytes + offset
        self._memory[begin : begin + len(data)] = data

    def read(self, slot: int, size: int) -> bytes:
        """The first `size` bytes of a slot, copied.

        Raises:
            ValueError: there is no such slot, or it is not so large.
        """
        with self.view(slot, size) as view:
            return bytes(view)

    def view(self, slot: int, size: int) -> memoryview:
        """The first `size` bytes of a slot themselves; to be released before the memory is closed.

        Raises:
            ValueError: there is no such slot, or it is not so large.
        """
        if not (0 <= slot < self.slots and 0 <= size <= self.slot_bytes):
            raise ValueError(f"no slot {slot} of {size} bytes")
        return memoryview(self._memory)[slot * self.slot_bytes : slot * self.slot_bytes + size]

    def close(self) -> None:
        """Let go of the memory. Calling it twice is allowed."""
        self._memory.close()
        self.was_inherited()

    def was_inherited(self) -> None:
        """Close what only the start of the other process needed."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class FreeSlots:
    """Which slots may be written: the writer's book-keeping."""

    def __init__(self, slots: int) -> None:
        self._free = list(range(slots))
        self._slots = slots
        self._condition = Condition()
        self._closed = False

    def take(self, timeout: float) -> int | None:
        """A free slot; None when none was given back within `timeout` seconds, and after `close`."""
        with self._condition:
            self._condition.wait_for(lambda: self._free or self._closed, timeout)
            return self._free.pop() if self._free and not self._closed else None

    def give_back(self, slot: int) -> None:
        """The reader is done with a slot. One that is free already, or does not exist, is ignored."""
        with self._condition:
            if 0 <= slot < self._slots and slot not in self._free:
                self._free.append(slot)
                self._condition.notify_all()

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()


def _anonymous_file(size: int) -> int:
    if sys.platform == "linux":
        import fcntl

        handle = os.memfd_create("talkface-slots", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(handle, size)
        # A peer that shrank the file would make our next read a bus error.
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return handle
    with tempfile.TemporaryFile() as file:
        handle = os.dup(file.fileno())
    os.ftruncate(handle, size)
    return handle
