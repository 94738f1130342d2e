"""Times as editors write them."""

from __future__ import annotations


def timecode(seconds: float, rate: float) -> str:
    """Hours, minutes, seconds and frames, "00:01:02:12"; the number of the frame that is shown at `seconds`."""
    whole = max(0, int(seconds + 1e-6))
    frame = int((max(seconds, 0.0) - whole) * rate + 1e-3)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}:{max(frame, 0):02}"
