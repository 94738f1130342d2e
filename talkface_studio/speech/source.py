"""Where a speech track takes its sound from."""

from __future__ import annotations

from typing import Protocol

from talkface_studio.api.values import AudioClip

SAMPLE_RATE = 16_000
"""Rate in Hz of everything in this room but the source itself."""


class AudioSource(Protocol):
    """Random access to the sound of one stream at its own rate and channel count; `media.AudioReader` is one."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def channels(self) -> int:
        """Number of channels, 1 or more."""

    @property
    def duration(self) -> float:
        """Length in seconds."""

    def read(self, start: float, end: float) -> AudioClip:
        """Samples of `start..end` seconds, exactly `round((end - start) * rate)`; silence outside the stream."""
