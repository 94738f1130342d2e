"""What a process that computes is set to before it loads its libraries."""

from __future__ import annotations

import atexit
import gc
import os

_YOUNG = 50_000
"""Objects made since the last look for garbage before there is another one. While libraries are imported, Python's own
700 would look through hundreds of thousands of objects again and again, all of which stay."""


def set_up() -> None:
    """Have libraries and Python waste no time. What the user's environment says stays."""
    # NumPy multiplies small matrices only: its threads would mostly spin, on cores that others need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # OpenCV's threads would ask thousands of times whether there is work before they sleep.
    for thread in ("MAIN", "WORKER"):
        os.environ.setdefault(f"OPENCV_THREAD_POOL_ACTIVE_WAIT_{thread}", "0")
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    # At its end Python looks through a million objects of libraries for garbage, half a second, and the memory goes
    # back to the system all the same. Registered first, so that whatever else ends the process still comes before it.
    atexit.register(gc.freeze)


def half_of_cores() -> int:
    """Half of the cores that this process may use, 1 or more: the threads of a stage that has others beside it."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, cores // 2)
