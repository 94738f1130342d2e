"""Decoding sound from any sample of a file: seeking, positions, padding, damage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Discard

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import FloatArray
from talkface_studio.media.container import choose_stream, open_container, origin, packets
from talkface_studio.media.probe import AudioInfo, audio_info

PREROLL = Fraction(1, 2)
"""Seconds decoded before the wanted sample: MP3's bit reservoir, Opus' convergence and AAC's overlap need some."""
JITTER = Fraction(1, 100)
"""Seconds by which a timestamp may contradict the count of samples before it is believed to be a real gap."""
GRID_PACKETS = 6
"""Frames at the beginning of a stream that show how long its frames are."""

_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


@dataclass(frozen=True, slots=True)
class Block:
    """Decoded samples, float32 `(channels, n)`; `first` is the first one's number on the file's time axis."""

    first: int
    samples: FloatArray

    @property
    def end(self) -> int:
        """Number of the sample after the last."""
        return self.first + int(self.samples.shape[1])


class SoundDecoder:
    """One open file and the decoder of one of its audio streams. Not for use from two threads at once."""

    def __init__(self, path: Path, stream: int) -> None:
        """See `AudioReader`."""
        self._path = path
        self._number = stream
        self.skipped = 0
        self._container = open_container(path)
        try:
            self._stream = self._choose()
            self.info: AudioInfo = audio_info(self._container, self._stream)
            self._base = self._stream.time_base or Fraction(1, self.info.rate)
            self._origin = origin(self._container)
            self._check_format()
            self._tick = self._base * self.info.rate
            """Samples for which a tick of the stream's clock lasts."""
            self._zero = self._origin * self.info.rate
            """Samples on the stream's own clock before the file's axis begins."""
            self._resampler = self._new_resampler()
            self._grid: tuple[int, int] | None = None
            # Positions in containers with coarse clocks are put on the grid of whole frames, see `_position`.
            self._grid = self._find_grid()
        except BaseException:
            self._container.close()
            raise

    def blocks(self, first: int, end: int) -> Iterator[Block]:
        """The sound of the samples `first..end` of the file's axis, in order, without overlap; gaps are left out."""
        for block in self._timeline(first):
            low, high = max(block.first, first), min(block.end, end)
            if low < high:
                yield Block(low, block.samples[:, low - block.first : high - block.first])
            if block.end >= end:
                return

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _check_format(self) -> None:
        if self.info.rate <= 0 or self.info.channels <= 0:
            raise MediaError(f"{self._path}: its sound has no sample rate or no channels; the file is damaged")

    def _choose(self) -> AudioStream:
        stream = choose_stream(self._path, self._container.streams.audio, self._number, "sound")
        for other in self._container.streams:
            if other.index != stream.index:
                other.discard = Discard.all
        return stream

    def _rewind(self) -> None:
        # Opening again is the one way to the beginning that works for every container.
        self._container.close()
        self._container = open_container(self._path)
        self._stream = self._choose()

    def _timeline(self, first: int) -> Iterator[Block]:
        """Decoded frames in order, each with its position; from some way before the sample `first`."""
        position: int | None = None
        decoded, damaged = False, 0
        held: Block | None = None
        length = 0
        for packet in self._packets(Fraction(first, self.info.rate) - PREROLL):
            try:
                frames = [] if packet is None else self._stream.decode(packet)
                failed = packet is None
            except av.error.FFmpegError:
                frames, failed = [], True
            damaged += failed
            self.skipped += failed and position is not None
            for frame in frames:
                decoded = True
                samples = self._samples(frame)
                place = self._position(frame, position)
                if position is not None and place < position:
                    samples, place = samples[:, position - place :], position
                if held is not None:
                    yield held
                held, length = Block(place, samples), self._declared(frame)
                position = held.end
        if held is not None:
            # The encoder fills its last frame up; the container says how much of it is sound.
            yield Block(held.first, held.samples[:, :length]) if 0 < length < held.samples.shape[1] else held
        if damaged and not decoded and first <= 0:
            raise MediaError(f"{self._path}: nothing of its sound can be decoded; the file is damaged")

    def _packets(self, time: Fraction) -> Iterator[Packet[AudioStream] | None]:
        """The packets that start at or after `time` on the file's axis, from wherever a seek may lead."""
        target = math.floor((time + self._origin) / self._base)
        found = False
        if time > self.info.start:
            try:
                self._container.seek(target, stream=self._stream)
                found = True
            except (av.error.FFmpegError, OverflowError):
                found = False
        if not found:
            self._rewind()
        stream = packets(self._container, self._stream)
        opening = next(stream, None)
        if found and (opening is None or opening.pts is None or opening.pts > target):
            self._rewind()
            stream = packets(self._container, self._stream)
            opening = next(stream, None)
        # Where a seek leads may depend on what was read before; where decoding starts may not.
        for packet in chain([opening], stream):
            if packet is None or packet.pts is None or packet.pts >= target or time <= self.info.start:
                yield packet

    def _position(self, frame: av.AudioFrame, expected: int | None) -> int:
        """Number of the frame's first sample on the file's axis, given where the last frame ended."""
        if frame.pts is None:
            return expected or 0
        exact = frame.pts * self._tick - self._zero
        if expected is not None and abs(exact - expected) <= JITTER * self.info.rate:
            return expected
        if self._grid is not None:
            anchor, step = self._grid
            snapped = anchor + round((exact - anchor) / step) * step
            if abs(snapped - exact) <= self._tick + 1:
                return snapped
        return round(exact)

    def _find_grid(self) -> tuple[int, int] | None:
        """End of the first frame and length of the others, in samples, where the clock is too coarse to tell samples.

        A millisecond clock (Matroska) rounds positions to dozens of samples, which would leave a seam wherever
        decoding starts anew; but frames of a known length can only lie at multiples of it.
        """
        if (1 / self._tick).denominator == 1:
            return None
        blocks = list(islice(self._timeline(0), GRID_PACKETS))[:-1]
        step = math.gcd(*(block.samples.shape[1] for block in blocks[1:]))
        return (blocks[0].end, step) if step > 1 else None

    def _declared(self, frame: av.AudioFrame) -> int:
        """How many samples the container says the frame holds; 0 where its clock is too coarse to say."""
        return round(frame.duration * self._tick) if self._tick <= 1 else 0

    def _samples(self, frame: av.AudioFrame) -> FloatArray:
        """A decoded frame as float32 `(channels, n)`, in the stream's own rate and channels."""
        changed = frame.sample_rate != self.info.rate or frame.layout.nb_channels != self.info.channels
        # PyAV counts the planes of 8 and more planar channels wrongly, and reads beyond them.
        if changed or (frame.format.is_planar and self.info.channels >= 8):
            frame.pts = None
            pieces = [piece.to_ndarray().reshape(-1, self.info.channels).T for piece in self._resampler.resample(frame)]
            return np.concatenate([np.zeros((self.info.channels, 0), np.float32), *pieces], axis=1, dtype=np.float32)
        values = frame.to_ndarray()
        if not frame.format.is_planar:
            values = values.reshape(-1, self.info.channels).T
        scale = _SCALES.get(frame.format.name.removesuffix("p"))
        if scale is None:
            return np.ascontiguousarray(values, dtype=np.float32)
        offset = 128.0 if values.dtype == np.uint8 else 0.0
        return np.ascontiguousarray((values.astype(np.float64) - offset) / scale, dtype=np.float32)

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler(format="flt", layout=self.info.layout, rate=self.info.rate)
