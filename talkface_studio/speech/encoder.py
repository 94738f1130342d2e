"""What every speech encoder looks like, and the registry that hands them out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from threading import Lock
from typing import ClassVar

from talkface_studio.api.errors import SpeechError
from talkface_studio.api.values import FloatArray
from talkface_studio.speech.source import SAMPLE_RATE


class Encoder(ABC):
    """Turns a fixed chunk of 16 kHz speech, with context on both sides, into vectors at a fixed rate.

    Chunk c gives the vectors `c * chunk .. (c + 1) * chunk`; vector i describes the instant
    `(i * hop + centre) / 16000` seconds. The grid is absolute, so a vector has one value, whatever is asked for.
    """

    kind: str
    """Name, as in `Speech.features`."""
    dim: int
    """Length of a vector."""
    hop: int
    """Samples from one vector to the next."""
    centre: int
    """Samples from `i * hop` to the middle of what vector i is computed from."""
    chunk: int
    """Vectors in a chunk."""
    before: int
    """Samples of context that `encode` needs before the first vector's `i * hop`."""
    after: int
    """Samples of context that `encode` needs after the last vector's `(i + 1) * hop`."""

    identity: str | None = None
    """What tells its weights from others of the kind, where vectors are slow enough to compute to be worth keeping."""

    sample_rate: ClassVar[int] = SAMPLE_RATE

    @property
    def rate(self) -> float:
        """Vectors a second."""
        return self.sample_rate / self.hop

    @property
    def look_ahead(self) -> float:
        """How far beyond an instant it may listen, in seconds (worst case: the first vector of a chunk)."""
        return (self.chunk * self.hop + self.after - self.centre) / self.sample_rate

    @property
    def samples_needed(self) -> int:
        """Length of what `encode` takes."""
        return self.before + self.chunk * self.hop + self.after

    @abstractmethod
    def encode(self, samples: FloatArray) -> FloatArray:
        """Float32 `(samples_needed,)` in -1..1 to float32 `(chunk, dim)`. May be called from several threads."""

    def close(self) -> None:
        """Free networks. Calling it twice is allowed; the encoder is not used afterwards."""


class EncoderRegistry:
    """Encoders by kind, each built when it is first asked for and shared by every track that holds this registry."""

    def __init__(self, factories: Mapping[str, Callable[[], Encoder]]) -> None:
        self._factories = dict(factories)
        self._encoders: dict[str, Encoder] = {}
        self._lock = Lock()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names that `get` knows."""
        return tuple(self._factories)

    def register(self, kind: str, factory: Callable[[], Encoder]) -> None:
        """Add an encoder.

        Raises:
            SpeechError: the kind is taken.
        """
        if kind in self._factories:
            raise SpeechError(f"speech encoder {kind!r} is registered twice")
        self._factories[kind] = factory

    def get(self, kind: str) -> Encoder:
        """The encoder of this kind.

        Raises:
            SpeechError: the kind is unknown, or its encoder is not installed.
            WeightsError: its weight file is damaged.
        """
        with self._lock:
            if kind not in self._factories:
                raise SpeechError(f"unknown speech encoder {kind!r}; known are: {', '.join(self._factories)}")
            if kind not in self._encoders:
                self._encoders[kind] = self._factories[kind]()
            return self._encoders[kind]

    def close(self) -> None:
        """Free every network that was built; a later `get` builds it again."""
        with self._lock:
            for encoder in self._encoders.values():
                encoder.close()
            self._encoders.clear()
