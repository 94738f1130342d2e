"""Speech and face as the plugin sees them: questions to the studio, and crops that came before they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from talkface_studio.api.values import AudioClip, FaceCrop, SpeechFeatures
from talkface_studio.plugin_host.worker.parcels import Array, made_crop
from talkface_studio.plugin_host.worker.protocol import Answer, Ask, AskCrop, AskFeatures, AskSamples

Asking = Callable[[Callable[[int], Ask]], tuple[Answer, list[Array]]]
"""Sends the question that is made for an id, and waits for its answer."""


class WorkerSpeech:
    """Implements `api.generator.Speech`."""

    def __init__(self, take: int, duration: float, ask: Asking) -> None:
        self._take, self._ask = take, ask
        self.duration = duration

    def samples(self, start: float, end: float) -> AudioClip:
        """See `Speech.samples`."""
        answer, (values,) = self._ask(
            lambda id_: AskSamples(id=id_, take=self._take, start=float(start), end=float(end))
        )
        return AudioClip(values, int(answer.rate), answer.start)

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        """See `Speech.features`."""
        answer, (values,) = self._ask(
            lambda id_: AskFeatures(id=id_, take=self._take, kind=kind, start=float(start), end=float(end))
        )
        return SpeechFeatures(values, answer.rate, answer.start, answer.kind)

    def activity(self, start: float, end: float) -> SpeechFeatures:
        """See `Speech.activity`."""
        return self.features("", start, end)


class WorkerFace:
    """Implements `api.generator.Face`. Crops come with the instants that the plugin shall render."""

    def __init__(self, take: int, references: tuple[FaceCrop, ...], ask: Asking) -> None:
        self._take, self._ask = take, ask
        self._sent: dict[float, FaceCrop] = {}
        self.references = references

    def sent(self, time: float, crop: FaceCrop) -> None:
        """A crop came."""
        self._sent[time] = crop

    def still(self, time: float) -> None:
        """The crop of this instant is the first reference, at that time."""
        self._sent[time] = replace(self.references[0], time=time)

    def forget(self, time: float) -> None:
        """The instant is rendered."""
        self._sent.pop(time, None)

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """See `Face.crops`."""
        for time in times:
            crop = self._sent.pop(float(time), None)
            yield self._asked(float(time)) if crop is None else crop

    def _asked(self, time: float) -> FaceCrop:
        answer, arrays = self._ask(lambda id_: AskCrop(id=id_, take=self._take, time=time))
        assert answer.crop is not None
        return made_crop(answer.crop, arrays)
