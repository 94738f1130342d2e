"""Clips with a clapper: now and then a white frame, and a click in the sound at the very instant."""

from __future__ import annotations

import wave
from collections.abc import Generator, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.region import observation
from talkface_studio.faces.tracked import TrackedFrame
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter

SIZE = 96, 64
_SPEECH = Path(__file__).parents[2] / "resources" / "samples" / "speech.wav"
_BLOCK = 10


def frame_times(rate: Fraction, seconds: float, *, start: float = 0.0, variable: bool = False) -> Iterator[Fraction]:
    """The times of a clip's frames; with `variable`, every third one is late by up to a third of an interval."""
    first, number = Fraction(round(start * 1000), 1000), 0
    while True:
        time = first + number / rate
        if variable and number % 3 == 1:
            time += Fraction(number % 5, 15) / rate
        if time >= first + Fraction(round(seconds * 1000), 1000):
            return
        yield time
        number += 1


def write_video(path: Path, times: Iterable[Fraction], rate: Fraction, claps: Sequence[float], base: Fraction) -> int:
    """A clip whose frame at or behind each clap is white; gives the number of frames. The sound clicks there too."""
    width, height = SIZE
    waiting = list(claps)
    settings = VideoSettings(width=width, height=height, frame_rate=rate, time_base=base)
    count = 0
    dark = np.zeros((height, width, 3), np.uint8)
    with MediaWriter(path, settings, AudioSettings(rate=16_000), Encoding(preset="ultrafast", crf=30)) as writer:
        last = 0.0
        for count, time in enumerate(times, 1):
            white = bool(waiting) and float(time) >= waiting[0] - 1e-9
            pixels = np.full_like(dark, 255) if white else dark
            if white:
                waiting.pop(0)
            writer.write_frame(VideoFrame(pixels, float(time), count - 1, round(time / base), base))
            last = float(time)
        for second in range(0, int(last) + 1, _BLOCK):
            writer.write_audio(AudioClip(clicks(16_000, second, second + _BLOCK, claps)[None], 16_000, second))
    return count


def write_speech(path: Path, rate: int, channels: int, seconds: float, claps: Sequence[float]) -> None:
    """A second of speech, then silence with clicks, as 16-bit PCM."""
    with AudioReader(_SPEECH) as reader:
        spoken = reader.read(0.0, 0.9)
    at = np.arange(round(0.9 * rate)) / rate
    speech = np.interp(at, np.arange(spoken.samples.shape[1]) / spoken.rate, spoken.samples[0])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        for second in range(0, int(seconds) + 1, _BLOCK):
            samples = clicks(rate, second, min(second + _BLOCK, seconds), claps)
            if second == 0:
                samples[: len(speech)] += speech[: len(samples)]
            file.writeframes(np.repeat((samples * 30_000).astype("<i2"), channels).tobytes())


def clicks(rate: int, start: float, end: float, claps: Sequence[float]) -> np.ndarray:
    """Sound of `start..end` seconds with a click of 2 ms at each clap."""
    samples = np.zeros(round((end - start) * rate), np.float32)
    for clap in claps:
        first = round((clap - start) * rate)
        if 0 <= first < len(samples):
            samples[first : first + max(2, rate // 500)] = 0.9
    return samples


def heard_and_seen(path: Path, claps: Sequence[float]) -> list[tuple[float, float]]:
    """For each clap, when its click begins and when its white frame is shown, in seconds of the file."""
    with VideoReader(path) as reader:
        flashes = [frame.time for frame in reader.frames() if frame.pixels[::8, ::8].mean() > 128]
    found = []
    with AudioReader(path) as reader:
        for clap, seen in zip(claps, flashes, strict=True):
            window = np.abs(reader.read(clap - 0.2, clap + 0.2).samples).max(axis=0)
            first = np.flatnonzero(window > 0.5 * window.max())[0]
            found.append((clap - 0.2 + first / reader.rate, seen))
    return found


def timestamps(path: Path) -> list[Fraction]:
    """The exact presentation times of all frames, from the packets."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [packet.pts * stream.time_base for packet in container.demux(stream) if packet.pts is not None]
    return sorted(times)


class OnlyAtFirst:
    """A tracker that sees a face in the first frame alone, and so lets all others pass untouched."""

    def __init__(self) -> None:
        self.detector = FaceDetector()

    def close(self) -> None:
        self.detector.close()

    def track(self, frames: Iterable[VideoFrame], _memory: object = None) -> Generator[TrackedFrame]:
        rng = np.random.default_rng(0)
        for number, frame in enumerate(frames):
            mesh = rng.normal((48, 32, 0), 8, (478, 3)).astype(np.float32)
            yield TrackedFrame(frame, () if number else (observation(mesh, frame.time),))
