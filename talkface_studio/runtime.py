"""What a process that computes is set to before it loads its libraries."""

from __future__ import annotations

import ctypes
import gc
import os

_YOUNG = 50_000
"""Objects made since the last look for garbage before there is another one. While libraries are imported, Python's own
700 would look through hundreds of thousands of objects again and again, all of which stay."""
_ARENA_MAX = -8
"""glibc's number for the option of `mallopt`."""
_ARENAS = 2


def set_up() -> None:
    """Have libraries waste neither time nor memory. What the user's environment says stays."""
    # NumPy multiplies small matrices only: its threads would mostly spin, on cores that others need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    if "MALLOC_ARENA_MAX" not in os.environ:
        _share_arenas()


def _share_arenas() -> None:
    """Have threads share memory that was freed, where the C library keeps it for each of them."""
    try:
        option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    option(_ARENA_MAX, _ARENAS)
