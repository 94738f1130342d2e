"""Garbage is collected in the window's thread."""

from __future__ import annotations

import gc
import threading
import weakref


class Ring:
    """Garbage that only the collector finds; notes the thread that it ends in."""

    ended: list[threading.Thread]

    def __init__(self) -> None:
        self.itself = self
        self.ended = ENDED

    def __del__(self) -> None:
        self.ended.append(threading.current_thread())


ENDED: list[threading.Thread] = []


def test_what_another_thread_leaves_is_collected_in_this_one(collector) -> None:
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    # More than any threshold, so that Python itself would have collected here.
    busy = threading.Thread(target=lambda: [[[]] for _ in range(50_000)])
    busy.start()
    busy.join()
    assert seen() is not None
    assert not gc.isenabled()
    for _ in range(30):
        collector.look()
    gc.collect()
    assert seen() is None
    assert [threading.main_thread()] == ENDED
