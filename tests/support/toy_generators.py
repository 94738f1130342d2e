"""A generator that holds to every rule, and variants that each break one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.card import ModelCard, OptionSpec
from talkface_studio.api.errors import PluginError, WeightsError
from talkface_studio.api.generator import Face, Generator, PortraitGenerator, Speech, Take
from talkface_studio.api.landmarks import LIPS
from talkface_studio.api.values import Device, FaceCrop, Options, Portrait, RenderedFace

CARD = ModelCard(
    name="toy",
    title="Toy",
    version="1.0",
    summary="Darkens the mouth with the loudness of the speech.",
    paper="none",
    code_licence="Apache-2.0",
    weights_licence="none",
    takes=(("speech", "photo"), ("speech", "video")),
    look_ahead=0.0,
    presets=("compact",),
    options=(
        OptionSpec(name="strength", kind="number", default=1.0, minimum=0.0, maximum=2.0, help="How dark."),
        OptionSpec(name="grain", kind="integer", default=2, minimum=0, maximum=8, help="Noise, in levels."),
        OptionSpec(name="soft", kind="boolean", default=False, help="Half as dark."),
        OptionSpec(name="side", kind="choice", default="both", choices=("left", "right", "both"), help="Which half."),
    ),
)


class ToyTake(Take):
    def __init__(self, speech: Speech, face: Face, options: Options) -> None:
        self.speech = speech
        self.face = face
        self.options = options

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        for time in times:
            crop = next(iter(self.face.crops([time])))
            yield self.frame(crop, time)

    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        strength = float(self.options.values["strength"]) * (0.5 if self.options.values["soft"] else 1.0)
        pixels = crop.pixels.astype(np.float32)
        left, top = np.floor(crop.landmarks[LIPS, :2].min(0)).astype(int)
        right, bottom = np.ceil(crop.landmarks[LIPS, :2].max(0)).astype(int)
        pixels[top:bottom, left:right] *= 1 - 0.45 * strength * self.loudness(time)
        pixels += self.noise(crop, time)
        return RenderedFace(np.clip(np.round(pixels), 0, 255).astype(np.uint8), self.stamp(time))

    def loudness(self, time: float) -> float:
        samples = self.speech.samples(time - 0.03, time + 0.03).samples
        return min(1.0, 4 * float(np.sqrt(np.mean(samples**2))))

    def noise(self, crop: FaceCrop, time: float) -> Any:
        grain = float(self.options.values["grain"])
        seed = zlib.crc32(f"{self.options.seed} {time:.6f}".encode())
        return np.random.default_rng(seed).normal(0, 1, crop.pixels.shape[:2])[..., None] * grain * 0.05

    def stamp(self, time: float) -> float:
        return time


class Toy(Generator):
    take: type[ToyTake] = ToyTake

    def __init__(self, card: ModelCard = CARD) -> None:
        super().__init__(card)

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        if face is None:
            raise PluginError("toy needs a photo or a video; name one")
        for file in self.card.weights:
            self.read_weights(file.name, options.weights.get(file.name))
        return self.take(speech, face, options)

    def read_weights(self, name: str, path: Path | None) -> None:
        if path is None or path.read_bytes() != b"weights!":
            raise WeightsError(f"{path}: no {name} of toy; install the plugin again")


class CountsFrames(ToyTake):
    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        for number, time in enumerate(times):
            crop = next(iter(self.face.crops([time])))
            frame = self.frame(crop, number / 25)
            yield RenderedFace(frame.pixels, time)


class IgnoresSeed(ToyTake):
    def noise(self, crop: FaceCrop, time: float) -> Any:
        return np.random.normal(0, 1, crop.pixels.shape)  # noqa: NPY002


class RoundsTime(ToyTake):
    def stamp(self, time: float) -> float:
        return round(time * 25) / 25


class TrustsCache(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        if self.options.cache is None:
            return frame
        kept = self.options.cache / "kept"
        if not kept.exists():
            kept.parent.mkdir(parents=True)
            kept.write_bytes(b"." * 64)
        missing = 64 - len(kept.read_bytes())
        return RenderedFace(frame.pixels // 2 + np.uint8(missing) if missing else frame.pixels, time)


class SkipsFrames(ToyTake):
    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        for number, frame in enumerate(super().render(times)):
            if number % 7 != 3:
                yield frame


class GivesFloats(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        return RenderedFace(frame.pixels.astype(np.float32) / 255, time)  # type: ignore[arg-type]


class GivesHalfSize(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        return RenderedFace(np.ascontiguousarray(super().frame(crop, time).pixels[::2, ::2]), time)


class MasksBeyondOne(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        return RenderedFace(frame.pixels, time, mask=np.full(frame.pixels.shape[:2], 255, dtype=np.float32))


class RemembersLastFrame(ToyTake):
    """Smooths over whatever was rendered before."""

    last: Any = None

    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        pixels = super().frame(crop, time).pixels
        if self.last is not None:
            pixels = ((pixels.astype(np.float32) + self.last) / 2).astype(np.uint8)
        self.last = pixels
        return RenderedFace(pixels, time)


class StartsOver(ToyTake):
    """Runs through everything that lies before the instant."""

    def loudness(self, time: float) -> float:
        self.speech.samples(0.0, time)
        return super().loudness(time)


class ReadsAllTimes(ToyTake):
    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        return super().render(list(times))


class ReadsAhead(ToyTake):
    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        queue: list[float] = []
        for time in times:
            queue.append(time)
            if len(queue) > 10:
                yield from super().render([queue.pop(0)])
        yield from super().render(queue)


class NeverRests(ToyTake):
    def loudness(self, time: float) -> float:
        return 0.5 + 0.5 * float(np.sin(12 * time))


class NeverMoves(ToyTake):
    def loudness(self, time: float) -> float:
        return 0.0


class Drifts(ToyTake):
    """Counts time in 16-bit integers of a rate that is slightly off."""

    def loudness(self, time: float) -> float:
        return super().loudness(time * 0.999)


class NeedsOneSecond(ToyTake):
    def __init__(self, speech: Speech, face: Face, options: Options) -> None:
        super().__init__(speech, face, options)
        if speech.duration < 1:
            raise ValueError("window larger than input")


class KeepsFrames(ToyTake):
    def __init__(self, speech: Speech, face: Face, options: Options) -> None:
        super().__init__(speech, face, options)
        self.kept: list[Any] = []

    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        self.kept.append(frame.pixels)
        return frame


class WritesIntoCrops(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        for reference in self.face.references:
            reference.pixels[:4] = 0
        return frame


class HoldsNetwork(ToyTake):
    def __init__(self, speech: Speech, face: Face, options: Options) -> None:
        super().__init__(speech, face, options)
        self.network = np.ones((1024, 1024), dtype=np.float32)


class HoldsTensors(ToyTake):
    def __init__(self, speech: Speech, face: Face, options: Options) -> None:
        import torch

        super().__init__(speech, face, options)
        self.network = torch.nn.Linear(1024, 1024)


class OptionBreaks(ToyTake):
    def frame(self, crop: FaceCrop, time: float) -> RenderedFace:
        frame = super().frame(crop, time)
        return RenderedFace(frame.pixels[:, :, 0] if self.options.values["side"] == "left" else frame.pixels, time)


class AcceptsNoFace(Toy):
    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        return self.take(speech, face, options)  # type: ignore[arg-type]


class BelievesWeights(Toy):
    def read_weights(self, name: str, path: Path | None) -> None:
        pass


class ToyPortraits(PortraitGenerator):
    def __init__(self) -> None:
        super().__init__(CARD)

    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        loudness = float(np.abs(speech.samples(0.0, min(speech.duration, 10.0)).samples).mean())
        rng = self.random(options)
        while True:
            pixels = rng.integers(0, 255, (16, 16, 3)).astype(np.uint8)
            yield Portrait(pixels, {"loudness": loudness})

    def random(self, options: Options) -> np.random.Generator:
        return np.random.default_rng(options.seed)


class PortraitsWithoutSeed(ToyPortraits):
    def random(self, options: Options) -> np.random.Generator:
        return np.random.default_rng()


class SamePortrait(ToyPortraits):
    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        portrait = next(super().imagine(speech, options, device))
        while True:
            yield portrait


class OnePortrait(ToyPortraits):
    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        yield next(super().imagine(speech, options, device))


class ListensToAll(ToyPortraits):
    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        speech.samples(0.0, speech.duration)
        return super().imagine(speech, options, device)


class WidePortraits(ToyPortraits):
    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        for portrait in super().imagine(speech, options, device):
            yield Portrait(portrait.pixels[:8])
