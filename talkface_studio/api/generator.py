"""What a plugin implements: a generator of faces from speech.

    Generator.start(speech, face, options, device) -> Take     one face performing one speech
    Take.render(times) -> iterator of RenderedFace

The host says which instants it wants (the presentation times of the source video; 25 a second for a photo) and the
plugin gives the face at those instants. No plugin counts frames or assumes a frame rate.

Rules, checked by `talkface_studio.api.testing`:

1. The same seed gives the same frames.
2. `render` yields exactly one RenderedFace for every time, in order, with that time.
3. A later window gives the same frames as that window of a full run, at a bounded warm-up cost.
4. Memory does not grow with the length of the speech; `times` may be endless and is consumed lazily: at most
   `card.look_ahead` seconds and `READ_AHEAD` instants beyond the frame being yielded.
5. In silence the mouth rests.
6. After `Take.close` and `Generator.close` no memory of the networks is held.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from talkface_studio.api.card import ModelCard
from talkface_studio.api.values import (
    AudioClip,
    Device,
    FaceCrop,
    Options,
    Portrait,
    RenderedFace,
    SpeechFeatures,
)

READ_AHEAD = 3
"""Instants behind the look-ahead: one to notice its end, and two under way to a process of the plugin's own."""


class Speech(Protocol):
    """A voice track as the host hands it to a plugin. Nothing is held in memory but a small cache."""

    @property
    def duration(self) -> float:
        """Length in seconds."""

    def samples(self, start: float, end: float) -> AudioClip:
        """16 kHz mono samples of `start..end` seconds; silence outside the track. Exactly round((end-start)*16000)."""

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        """Vectors of one encoder whose instants cover `start..end` seconds (at least one vector on each side of it).

        The values do not depend on the window asked for: they are computed in fixed chunks with context. Outside the
        track they are those of silence. Kinds: "log_mel", "mfcc", "whisper-tiny.en", "wav2vec2" (the model's card
        names what it needs).

        Raises:
            SpeechError: the kind is unknown, or its encoder is not installed.
        """

    def activity(self, start: float, end: float) -> SpeechFeatures:
        """Probability of speech, `(n, 1)` in 0..1, over `start..end` seconds."""


class Face(Protocol):
    """The person to animate, as aligned crops in the layout that the model's card asks for."""

    @property
    def references(self) -> tuple[FaceCrop, ...]:
        """Crops of this person, spread over the clip (one for a photo), at most `card.references_for(...)` of them."""

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The crop at each of these instants, lazily and in order (for a photo, always its crop)."""


class Take(ABC):
    """One face performing one speech."""

    @abstractmethod
    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """The face at each instant of `times` (seconds, strictly increasing, any spacing), lazily.

        May be called again for another window; windows are independent.
        """

    def close(self) -> None:
        """Free what the take holds. Calling it twice is allowed."""

    def __enter__(self) -> Self:
        """A take is a context manager that closes itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Generator(ABC):
    """A model that turns speech (and a face) into a moving face. One instance may serve several takes."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    @abstractmethod
    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        """Prepare one performance.

        `face` is None only for models whose card takes "speech" alone.

        Raises:
            PluginError: the inputs are not what the card says the model takes.
            WeightsError: a weight file does not fit the network.
            SpeechError: an encoder that the model needs is not installed.
        """

    def close(self) -> None:
        """Free cached networks. Calling it twice is allowed."""


class PortraitGenerator(ABC):
    """A model that imagines what a speaker may look like."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    @abstractmethod
    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        """Endless candidates for this voice; the same seed gives the same sequence."""

    def close(self) -> None:
        """Free cached networks. Calling it twice is allowed."""
