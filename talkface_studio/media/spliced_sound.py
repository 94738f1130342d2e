"""AAC sound of which a part is replaced: the packets outside that part are copied as they are stored.

A packet of AAC shapes two frames, the one of its own time and the next, and after a sudden change an encoder takes
three to be back to windows that fit others. So `SETTLE` samples around the part are encoded anew as well. The encoder
is given the true sound on either side of a seam; there, and for one frame, old and new overlap.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.api.values import AudioClip, FloatArray
from talkface_studio.media.codecs import container_of
from talkface_studio.media.container import choose_stream, open_container, origin, packets
from talkface_studio.media.encoders import AudioSettings, channel_layout

FRAME = 1024
"""Samples in a frame of AAC-LC."""
SETTLE = 3 * FRAME
"""Samples around the part that are encoded with it, until the encoder is back to long windows after a sudden change."""
LEAD = 2 * FRAME
"""Samples that the encoder hears before its first packet that is used, and after its last one."""


@dataclass(frozen=True, slots=True)
class SplicedSound:
    """The first audio stream of `path`, replaced from `start` to `end` seconds of the output."""

    path: Path
    start: float
    end: float
    bitrate: int = 192_000


def can_splice(path: Path, output: Path) -> bool:
    """Whether the sound of `path` is AAC-LC whose packets a container like `output` can take one by one.

    Raises:
        MediaError: the file cannot be read.
    """
    if container_of(output) not in {"mp4", "mov", "m4a"}:
        return False
    with open_container(path) as container:
        stream = choose_stream(path, container.streams.audio, 0, "sound")
        context = stream.codec_context
        first = next((packet for packet in packets(container, stream) if packet is not None and packet.size), None)
        # Without a header of its own the packets carry one each, and HE-AAC has twice as many samples in one.
        plain = context.name == "aac" and bool(context.extradata) and stream.time_base == Fraction(1, context.rate)
        return plain and first is not None and first.duration == FRAME


class SoundSplicer:
    """Takes the whole sound of the output, and gives packets. Not for use from two threads at once."""

    def __init__(self, container: OutputContainer, sound: SplicedSound) -> None:
        """Add the stream to `container`.

        Raises:
            MediaError: the file or its sound cannot be read.
        """
        self._path = sound.path
        self._input = open_container(sound.path)
        try:
            stream = choose_stream(sound.path, self._input.streams.audio, 0, "sound")
            self._output = container.add_stream_from_template(stream, opaque=True)
            self._rate = stream.codec_context.rate
            self._shift = round(-origin(self._input) * self._rate)
            self._stored = packets(self._input, stream)
            self._next = self._following()
        except BaseException:
            self._input.close()
            raise
        self.settings = AudioSettings(rate=self._rate, channels=stream.channels, layout=stream.layout.name)
        grid = 0 if self._next is None else self._position(self._next)
        first, last = self._frames(sound, grid)
        self._first, self._last = first, last
        self._encoder = _Encoder(self.settings, sound.bitrate, first - LEAD)
        self._written = 0

    def encode(self, clip: AudioClip) -> Iterator[list[Packet[AudioStream]]]:
        """The packets that are ready after this clip, which follows the last one without a gap.

        Raises:
            ExportError: it does not, or its rate or channels are not the file's.
        """
        same = (clip.rate, clip.channels) == (self._rate, self.settings.channels)
        if not same or abs(round(clip.start * self._rate) - self._written) > 1:
            raise ExportError(f"sound at {clip.start:.3f} s does not continue the sound of {self._path}")
        yield list(self._until(clip.samples, self._written + clip.samples.shape[1]))

    def flush(self) -> list[Packet[AudioStream]]:
        """The last packets."""
        before = self._copied(min(self._written, self._first))
        return [*before, *self._encoded(self._encoder.flush()), *self._copied(self._written)]

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        self._input.close()

    def _until(self, samples: FloatArray, end: int) -> Iterator[Packet[AudioStream]]:
        yield from self._copied(min(end - FRAME, self._first))
        begin = self._written
        low, high = max(begin, int(self._first) - LEAD), int(min(end, self._last + LEAD))
        if low < high:
            yield from self._encoded(self._encoder.encode(samples[:, low - begin : high - begin]))
        if end >= self._last + LEAD:
            yield from self._encoded(self._encoder.flush())
            yield from self._copied(end - FRAME)
        self._written = end

    def _frames(self, sound: SplicedSound, grid: int) -> tuple[int, float]:
        """From which sample, and up to which, packets are encoded: whole frames on the grid of the stored ones."""

        def frame_before(seconds: float) -> int:
            return (math.floor(seconds * self._rate) - grid) // FRAME * FRAME + grid

        # A source whose sound begins late has no packets where the part may begin.
        lowest = grid if grid <= 0 else grid % FRAME - FRAME
        first = max(frame_before(sound.start) - SETTLE, lowest)
        if math.isinf(sound.end):
            return first, math.inf
        return first, frame_before(max(sound.start, sound.end) - 0.5 / self._rate) + SETTLE

    def _copied(self, before: float) -> Iterator[Packet[AudioStream]]:
        """Stored packets whose frames begin before this sample; those of the encoder's part are left out."""
        while self._next is not None and self._position(self._next) < before:
            packet, position = self._next, self._position(self._next)
            self._next = self._following()
            if not self._first <= position < self._last:
                yield self._placed(packet, position)

    def _encoded(self, fresh: list[Packet[AudioStream]]) -> Iterator[Packet[AudioStream]]:
        for packet in fresh:
            position = packet.pts or 0
            if self._first <= position < self._last:
                yield self._placed(packet, position)

    def _placed(self, packet: Packet[AudioStream], position: int) -> Packet[AudioStream]:
        packet.stream = self._output
        packet.pts = packet.dts = position
        packet.time_base, packet.duration = Fraction(1, self._rate), FRAME
        return packet

    def _position(self, packet: Packet[AudioStream]) -> int:
        return (packet.pts or 0) + self._shift

    def _following(self) -> Packet[AudioStream] | None:
        for packet in self._stored:
            if packet is None:
                raise MediaError(f"{self._path}: its sound is damaged and cannot be copied as it is")
            if packet.size and packet.pts is not None:
                return packet
        return None


class _Encoder:
    """AAC by itself; its packets carry the number of the first sample of the frame that they complete."""

    def __init__(self, settings: AudioSettings, bitrate: int, first: int) -> None:
        context = av.CodecContext.create("aac", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate, context.layout = settings.rate, channel_layout(settings)
        context.format = "fltp"
        context.bit_rate = round(bitrate * max(1, settings.channels / 2))
        context.time_base = Fraction(1, settings.rate)
        self._context, self._settings, self._first = context, settings, first
        self._heard: int | None = None
        self._flushed = False

    def encode(self, samples: FloatArray) -> list[Packet[AudioStream]]:
        """Packets that are ready after these samples, the first of which is on the grid of frames."""
        if self._heard is None:
            # What lies before time 0 is silence.
            silence = np.zeros((samples.shape[0], max(0, -self._first)), np.float32)
            samples, self._heard = np.concatenate([silence, samples], axis=1), self._first
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T, dtype=np.float32).reshape(1, -1),
            format="flt",
            layout=channel_layout(self._settings),
        )
        frame.sample_rate, frame.pts = self._settings.rate, self._heard
        frame.time_base = Fraction(1, self._settings.rate)
        self._heard += samples.shape[1]
        return self._context.encode(frame)

    def flush(self) -> list[Packet[AudioStream]]:
        """The last packets, once."""
        if self._flushed or self._heard is None:
            return []
        self._flushed = True
        return self._context.encode(None)
