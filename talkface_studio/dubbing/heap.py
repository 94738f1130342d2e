"""How glibc keeps memory, chosen so that an hour of video needs no more of it than a minute."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# Source: malloc.h of glibc.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
LARGE = 4 * 2**20
"""Bytes from which a block is taken from the system and given back to it: not yet a picture of 720p, where that would
cost more time than the memory is worth."""
KEPT = 64 * 2**20
"""Bytes at the end of the heap that are kept for what comes next."""
_large = 0
"""Bytes from which blocks lie outside of the heap; 0 while that is left to glibc or to the user."""
CHOSEN_BY_USER = ("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES")


def keep_heap_small() -> bool:
    """Have all threads share one heap, and large blocks lie outside of it; says whether that was done.

    By default every thread of a dub gets a heap of its own, up to eight for each core. Frames wander from thread to
    thread, each heap keeps the holes that they leave, and memory grows by a gigabyte in the first minutes.

    Call this before there are threads. Other systems than Linux with glibc, and users who chose their own settings in
    the environment, are left alone.
    """
    global _large  # noqa: PLW0603
    if not sys.platform.startswith("linux") or any(name in os.environ for name in CHOSEN_BY_USER):
        return False
    with suppress(OSError, AttributeError):
        choose = ctypes.CDLL(None).mallopt
        wanted = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, KEPT))
        if sum(int(choose(option, value)) for option, value in wanted) == len(wanted):
            _large = LARGE
    return _large > 0


def keep_outside(size: int) -> bool:
    """Have blocks from so many bytes on lie outside of the heap as well, for good; says whether they do.

    For large pictures of which many wait: their memory goes back to the system as soon as they are gone.
    """
    global _large  # noqa: PLW0603
    if 0 < size < _large and ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, size) == 1:
        _large = size
    return 0 < _large <= size


def give_back() -> None:
    """Give the system the pages of the heap on which nothing lies; where that cannot be asked for, do nothing."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
