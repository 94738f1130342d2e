"""Sound that goes from one file into another as it is stored: packets are copied, nothing is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from talkface_studio.api.errors import MediaError
from talkface_studio.media.codecs import AUDIO_CODECS, container_of
from talkface_studio.media.container import choose_stream, open_container, origin, packets
from talkface_studio.media.probe import AudioInfo

_HOLDS = {
    "mp4": ("aac", "opus", "flac", "alac", "ac3", "eac3"),
    "m4a": ("aac", "alac"),
    "mov": ("aac", "alac", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "ac3"),
    "mkv": ("opus", "vorbis", "flac", "alac", "ac3", "eac3", "dts", "pcm_s16le", "pcm_s24le", "pcm_f32le"),
    "webm": ("opus", "vorbis"),
    "wav": ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"),
    "flac": ("flac",),
    "opus": ("opus",),
}
"""What each container holds without losing where the sound begins (Matroska does of AAC, all of MP3)."""
_NAMES = {"libopus": "opus", "libvorbis": "vorbis", "dca": "dts"}


@dataclass(frozen=True, slots=True)
class StoredSound:
    """An audio stream of a file; its time 0 comes to be at `start` seconds of the output."""

    path: Path
    stream: int = 0
    start: float = 0.0


def can_copy(info: AudioInfo, output: Path) -> bool:
    """Whether the container that `output` names can hold such sound as it is stored."""
    return _NAMES.get(info.codec, info.codec) in _HOLDS.get(container_of(output), ())


def lossless_codec(info: AudioInfo, output: Path) -> str | None:
    """The codec that gives back decoded sound of this kind exactly; None where it was lossy or cannot be held."""
    name = {"pcm_s16le": "pcm", "pcm_s24le": "pcm24", "pcm_f32le": "pcm32f"}.get(info.codec, info.codec)
    codec = AUDIO_CODECS.get(name)
    return name if codec is not None and not codec.lossy and container_of(output) in codec.containers else None


class SoundCopier:
    """Reads packets and gives them the output's times. Not for use from two threads at once."""

    def __init__(self, container: OutputContainer, sound: StoredSound) -> None:
        """Add the stream to `container`.

        Raises:
            MediaError: the file or its stream cannot be read.
        """
        self._path = sound.path
        self._input = open_container(sound.path)
        try:
            stream = choose_stream(sound.path, self._input.streams.audio, sound.stream, "sound")
            self._output = container.add_stream_from_template(stream, opaque=True)
            self._base = stream.time_base or Fraction(1, 48_000)
            self._shift = round((Fraction(sound.start) - origin(self._input)) / self._base)
            self._packets = packets(self._input, stream)
        except BaseException:
            self._input.close()
            raise
        self._held: Packet[AudioStream] | None = None
        self._ended = False

    def packets(self, until: float) -> Iterator[Packet[AudioStream]]:
        """The next packets that begin before `until` seconds of the output."""
        last = Fraction(until) / self._base
        while not self._ended:
            packet = self._held or self._next()
            self._held = None
            if packet is None or packet.pts is None:
                self._ended = True
            elif packet.pts >= last:
                self._held = packet
                return
            else:
                yield packet

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        self._input.close()

    def _next(self) -> Packet[AudioStream] | None:
        for packet in self._packets:
            if packet is None:
                raise MediaError(f"{self._path}: its sound is damaged and cannot be copied as it is")
            if packet.size == 0 or packet.pts is None:
                continue
            packet.pts += self._shift
            packet.dts = packet.pts
            packet.stream = self._output
            return packet
        return None
