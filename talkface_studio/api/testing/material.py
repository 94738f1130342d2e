"""What the suite works with: its view of the host, sounds of any length, grids of instants, and recorders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Protocol

import numpy as np

from talkface_studio.api.card import OptionValue
from talkface_studio.api.generator import Face, Generator, Speech
from talkface_studio.api.values import AudioClip, CropLayout, FloatArray, Options, SpeechFeatures

RATE = 16_000
"""Sampling rate in Hz of every sound in the suite."""


class Sound(Protocol):
    """A mono sound at 16 kHz, read at random."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    @property
    def duration(self) -> float:
        """Length in seconds."""

    def read(self, start: float, end: float) -> AudioClip:
        """Samples of `start..end` seconds; silence outside."""


class Host(Protocol):
    """What the suite asks of the studio; the fixture `conformance_host` is one."""

    @property
    def voice(self) -> FloatArray:
        """Four seconds of somebody speaking or more, float32 `(n,)` at 16 kHz."""

    def speech(self, sound: Sound) -> Speech:
        """A sound as plugins see it."""

    def photo(self, layout: CropLayout, references: int) -> Face:
        """A face that stands still."""

    def video(self, layout: CropLayout, references: int) -> Face:
        """The face of somebody who moves the head."""

    def generator(self, model: str) -> Generator:
        """A new generator of an installed model."""

    def options(self, model: str, given: Mapping[str, OptionValue], *, preset: str, seed: int) -> Options:
        """What the studio would start a take with."""


class LoopedSound:
    """`period` over and over, for `duration` seconds; nothing but the period is held."""

    def __init__(self, period: FloatArray, duration: float) -> None:
        self._period = period
        self.rate = RATE
        self.channels = 1
        self.duration = duration

    def read(self, start: float, end: float) -> AudioClip:
        """See `Sound.read`."""
        first = round(start * RATE)
        index = first + np.arange(round((end - start) * RATE))
        samples = self._period[index % len(self._period)]
        samples = np.where((index >= 0) & (index < round(self.duration * RATE)), samples, np.float32(0))
        return AudioClip(samples[None].astype(np.float32), RATE, first / RATE)


def whole_sound(samples: FloatArray) -> LoopedSound:
    """These samples once."""
    return LoopedSound(samples, len(samples) / RATE)


class RecordedSpeech:
    """A speech that remembers how many seconds of it were asked for."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self.seconds: dict[str, float] = {}
        """Asked for in all, by kind."""

    @property
    def duration(self) -> float:
        """See `Speech.duration`."""
        return self._speech.duration

    def samples(self, start: float, end: float) -> AudioClip:
        """See `Speech.samples`."""
        self._record("samples", start, end)
        return self._speech.samples(start, end)

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        """See `Speech.features`."""
        self._record(kind, start, end)
        return self._speech.features(kind, start, end)

    def activity(self, start: float, end: float) -> SpeechFeatures:
        """See `Speech.activity`."""
        self._record("activity", start, end)
        return self._speech.activity(start, end)

    def _record(self, kind: str, start: float, end: float) -> None:
        self.seconds[kind] = self.seconds.get(kind, 0.0) + end - start


class EndlessTimes:
    """The instants of an endless video; knows how far it was read and refuses to be read without end."""

    def __init__(self, rate: float, start: float = 0.0, limit: float = 60.0) -> None:
        self.step = 1 / rate
        self.last = start - self.step
        self._start = start
        self._limit = limit
        self._count = 0

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        time = self._start + self._count * self.step
        if time > self._start + self._limit:
            raise AssertionError(f"render read {self._limit:g} s of an endless `times` and goes on: read it lazily")
        self._count += 1
        self.last = time
        return time


def regular_times(rate: float, start: float, end: float) -> list[float]:
    """Instants `n / rate` in `start..end`."""
    return [number / rate for number in range(round(start * rate), round(end * rate))]


def time_grids() -> Mapping[str, list[float]]:
    """A third of a second on each frame rate that videos have, and on none."""
    gaps = np.random.default_rng(5).uniform(0.001, 0.15, 8)
    rates = {"23.976": 24000 / 1001, "25": 25.0, "29.97": 30000 / 1001, "50": 50.0}
    grids = {name: regular_times(rate, 1.0, 1.32) for name, rate in rates.items()}
    grids["irregular"] = [1.0 + float(time) for time in accumulate(gaps)]
    return grids
