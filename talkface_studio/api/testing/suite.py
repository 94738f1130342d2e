"""What all rules for generators share: making the generator, its options, its faces and its takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar

from talkface_studio.api.card import ModelCard, OptionValue
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.testing.material import Host, Sound, whole_sound
from talkface_studio.api.values import Device, Options


class GeneratorSuite:
    """Subclass it in a plugin's tests and name the model.

    `create` and `options` ask the installed model; override them to test a generator that is not installed.
    """

    model: ClassVar[str]
    preset: ClassVar[str] = "compact"
    cached: ClassVar[Mapping[str, OptionValue]] = {}
    """Options with which the model keeps something in `Options.cache`, if it ever does."""
    still: ClassVar[Mapping[str, OptionValue]] = {}
    """Options under which a model that moves the head keeps it still, so that what moves in the mouth's place is the
    mouth."""

    def create(self, host: Host) -> Generator:
        """A new generator."""
        return host.generator(self.model)

    def options(self, host: Host, given: Mapping[str, OptionValue] | None = None, *, seed: int = 0) -> Options:
        """What a take is started with."""
        return host.options(self.model, given or {}, preset=self.preset, seed=seed)

    def card(self, host: Host) -> ModelCard:
        """The model's card."""
        generator = self.create(host)
        generator.close()
        return generator.card

    def size(self, host: Host) -> int:
        """The side of its crops in pixels."""
        return self.card(host).crop.size

    def voice(self, host: Host) -> Speech:
        """The host's voice, once."""
        return host.speech(whole_sound(host.voice))

    def faces(self, host: Host) -> list[tuple[str, Face | None]]:
        """A face for each combination of inputs that the model takes."""
        card = self.card(host)
        layout, references = card.crop.layout, card.references
        faces: list[tuple[str, Face | None]] = []
        for inputs in card.takes:
            if "video" in inputs:
                faces.append(("a video", host.video(layout, references)))
            elif "photo" in inputs:
                faces.append(("a photo", host.photo(layout, references)))
            else:
                faces.append(("no face", None))
        return faces

    def still_face(self, host: Host) -> Face | None:
        """A face whose own motion does not hide that of the mouth: to a video model, a video in which nothing moves."""
        card = self.card(host)
        if card.accepts(frozenset({"speech"})):
            return None
        return host.photo(card.crop.layout, card.references)

    def take(
        self,
        host: Host,
        face: Face | None,
        *,
        sound: Sound | None = None,
        given: Mapping[str, OptionValue] | None = None,
        seed: int = 0,
    ) -> AbstractContextManager[Take]:
        """A take of a new generator, of the host's voice or of another sound; closes both at the end."""
        speech = self.voice(host) if sound is None else host.speech(sound)
        return self.take_of(host, face, speech, given=given, seed=seed)

    @contextmanager
    def take_of(
        self,
        host: Host,
        face: Face | None,
        speech: Speech,
        *,
        given: Mapping[str, OptionValue] | None = None,
        seed: int = 0,
    ) -> Iterator[Take]:
        """The same for a speech that the test made."""
        generator = self.create(host)
        try:
            with generator.start(speech, face, self.options(host, given, seed=seed), Device()) as take:
                yield take
        finally:
            generator.close()
