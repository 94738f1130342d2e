"""The word for how frames are made to last, apart from the code that does it: who only asks needs no media library."""

from __future__ import annotations

from typing import Literal

Fit = Literal["cut", "loop", "bounce", "hold"]
"""End with the clip, start it over, play it backwards and forwards in turn, or repeat its last frame."""
