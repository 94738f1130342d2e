"""Where a ruler has its ticks, and what they are called; no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from talkface_studio.gui.timeline.axis import Axis

_STEPS = (
    (0.01, 5), (0.02, 4), (0.05, 5), (0.1, 5), (0.2, 4), (0.5, 5), (1, 5), (2, 4), (5, 5), (10, 5), (15, 3), (30, 6),
    (60, 6), (120, 4), (300, 5), (600, 5), (900, 3), (1800, 6), (3600, 6), (7200, 4),
)  # fmt: skip
"""Seconds from label to label, and into how many parts small ticks divide them."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the ruler; `label` is empty for a small one."""

    time: float
    label: str = ""


def ticks(axis: Axis, label_width: float) -> Iterator[Tick]:
    """The ticks in view, labels at least `label_width` pixels apart."""
    step, parts = next((s for s in _STEPS if s[0] * axis.zoom >= label_width), _STEPS[-1])
    first = floor(axis.scroll / step) * parts
    for index in range(first, int(axis.end / step * parts) + 2):
        # Counted, not added up: sums of decimal seconds drift.
        time = index * step / parts
        yield Tick(time, clock(time, step)) if index % parts == 0 else Tick(time)


def clock(time: float, step: float = 0.01) -> str:
    """An instant as minutes and seconds, with as many decimals as a step of the ruler needs.

    >>> clock(75.5, 0.1), clock(3675.0, 60), clock(-1.25)
    ('1:15.5', '1:01:15', '-0:01.25')
    """
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    whole = round(abs(time) * 10**decimals)
    seconds, fraction = divmod(whole, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    tail = f".{fraction:0{decimals}}" if decimals else ""
    return f"{'-' if time < 0 and whole else ''}{head}:{seconds:02}{tail}"
