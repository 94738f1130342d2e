"""How glibc keeps memory, chosen so that an hour of video needs no more of it than a minute."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# Source: malloc.h of glibc.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
LARGE = 4 * 2**20
"""Bytes from which a block is taken from the system and given back to it: pictures of 1080p, but not of 720p, where
that would cost more time than the memory is worth."""
KEPT = 64 * 2**20
"""Bytes at the end of the heap that are kept for what comes next."""
CHOSEN_BY_USER = ("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES")


def keep_heap_small() -> bool:
    """Have all threads share one heap, and large blocks lie outside of it; says whether that was done.

    By default every thread of a dub gets a heap of its own, up to eight for each core. Frames wander from thread to
    thread, each heap keeps the holes that they leave, and memory grows by a gigabyte in the first minutes.

    Call this before there are threads. Other systems than Linux with glibc, and users who chose their own settings in
    the environment, are left alone.
    """
    if not sys.platform.startswith("linux") or any(name in os.environ for name in CHOSEN_BY_USER):
        return False
    with suppress(OSError, AttributeError):
        choose = ctypes.CDLL(None).mallopt
        wanted = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, KEPT))
        return sum(int(choose(option, value)) for option, value in wanted) == len(wanted)
    return False


def give_back() -> None:
    """Give the system the pages of the heap on which nothing lies; where that cannot be asked for, do nothing."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
