"""Several sounds of different rates and channels, mixed into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.resampler import AudioResampler

from talkface_studio.api.values import AudioClip, FloatArray
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, channel_layout


@dataclass(frozen=True, slots=True)
class Track:
    """A sound that begins at `start` on the timeline and is heard for `duration` seconds."""

    reader: AudioReader
    start: float
    duration: float


class Mix:
    """Reads tracks side by side, from the beginning to the end, at the rate and with the channels of `settings`."""

    def __init__(self, tracks: Sequence[Track], settings: AudioSettings) -> None:
        """The tracks stay their owner's to close."""
        self._settings = settings
        self._position = 0
        self._voices = [_Voice(track, settings) for track in tracks]

    def read(self, end: float) -> AudioClip:
        """The mix from where the last read ended to `end` seconds, clipped to -1..1."""
        first, last = self._position, max(self._position, round(end * self._settings.rate))
        samples = np.zeros((self._settings.channels, last - first), np.float32)
        for voice in self._voices:
            voice.add_to(samples, first)
        self._position = last
        return AudioClip(np.clip(samples, -1, 1), self._settings.rate, first / self._settings.rate)


class _Voice:
    """One track, converted, and the samples of it that were converted but not yet asked for."""

    def __init__(self, track: Track, settings: AudioSettings) -> None:
        self._first = round(track.start * settings.rate)
        self._end = self._first + round(track.duration * settings.rate)
        self._pieces = _converted(track, settings)
        self._ready = np.zeros((settings.channels, 0), np.float32)

    def add_to(self, samples: FloatArray, first: int) -> None:
        """Add what sounds from sample `first` on; reads on from the last call."""
        begin = max(self._first, first)
        wanted = min(self._end, first + samples.shape[1]) - begin
        if wanted <= 0:
            return
        while self._ready.shape[1] < wanted:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._ready = np.concatenate([self._ready, piece], axis=1)
        piece, self._ready = self._ready[:, :wanted], self._ready[:, wanted:]
        samples[:, begin - first : begin - first + piece.shape[1]] += piece


def _converted(track: Track, settings: AudioSettings) -> Iterator[FloatArray]:
    """The track's samples at the rate and with the channels of `settings`, in order."""
    source = channel_layout(AudioSettings.like(track.reader.info))
    resampler = AudioResampler(format="flt", layout=channel_layout(settings), rate=settings.rate)
    position = 0
    for clip in track.reader.blocks():
        # Interleaved, because PyAV counts the planes of 8 and more planar channels wrongly.
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(clip.samples.T).reshape(1, -1), format="flt", layout=source
        )
        frame.sample_rate, frame.pts, frame.time_base = clip.rate, position, Fraction(1, clip.rate)
        position += clip.samples.shape[1]
        for piece in resampler.resample(frame):
            yield piece.to_ndarray().reshape(-1, settings.channels).T.astype(np.float32)
    for piece in resampler.resample(None):
        yield piece.to_ndarray().reshape(-1, settings.channels).T.astype(np.float32)
