"""Whole dubs of a held-out clip: by the model, by other models through the studio's contract, and by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talkface_ltfg_gan.recipe.evaluation_renderer import HeldOut
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Speech
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.recipe import Contender
from talkface_studio.api.values import ByteArray, CropLayout, Device, Matrix, RenderedFace
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import ClipCrops, Reference, model_frames, shown
from talkface_trainer.listener import Listener
from talkface_trainer.tally import sync_scores

MODEL = "model"
RAW = "model, its own crop"
"""What the network gives, before the studio blends it into the frame as it does with all others."""
KEPT, STILL = "source mouth kept", "repeat a reference"
"""Mouths that do not listen: what the clip shows half its length away, as in a video that says something else and is
left as it is; and the most closed reference throughout."""


@dataclass(frozen=True, slots=True)
class Dubs:
    """Dubs clips by each contender.

    Raises:
        TrainingError: a contender's crops are framed otherwise than the model's, so that frames cannot be compared.
    """

    contenders: Mapping[str, Contender]
    layout: CropLayout
    device: Device
    listener: Listener | None

    def __post_init__(self) -> None:
        for name, contender in self.contenders.items():
            if contender.generator.card.crop.layout != self.layout:
                raise TrainingError(f"model {name}: its crops are framed otherwise than this model's; leave it out")

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of everything that dubs a clip with its own speech."""
        return (*self.contenders, RAW, KEPT, STILL)

    def expected(self, speech: Speech, times: NDArray[np.float64]) -> Matrix | None:
        """What the listener expects of the lips at these instants."""
        return None if self.listener is None else self.listener.expected(speech, times)

    def own(self, data: Dataset, part: HeldOut, speech: Speech) -> dict[str, ByteArray]:
        """Every frame of a clip as each of `systems` makes it, uint8 `(n, S, S, 3)`."""
        clip, size = part.clip, self.layout.size
        made = {}
        for name, contender in self.contenders.items():
            faces = self._rendered(name, data, part, speech, clip.times)
            made[name] = shown(self._face(data, part).crops(clip.times), faces, contender.generator.card.region)
            if name == MODEL:
                made[RAW] = np.stack([face.pixels for face in faces])
        openings = [lip_opening(clip.landmarks[index]) for index in part.references]
        closed = model_frames(clip, [int(part.references[int(np.argmin(openings))])], size)
        made[KEPT] = np.roll(model_frames(clip, np.arange(clip.frames), size), clip.frames // 2, axis=0)
        made[STILL] = np.repeat(closed, clip.frames, axis=0)
        return made

    def foreign(
        self, data: Dataset, part: HeldOut, speech: Speech, count: int, own: Reference, *, names: Sequence[str]
    ) -> dict[str, dict[str, float]]:
        """Sync of some contenders' dubs of `count` frames with another speech, and of the true frames, `own`."""
        times = part.clip.times[:count]
        expected = self.expected(speech, times)
        kept = Reference(own.frames[:count], own.meshes[:count], own.found[:count])
        scores = {KEPT: sync_scores(kept, expected)}
        for name in names:
            faces = self._rendered(name, data, part, speech, times)
            scores[name] = sync_scores(Reference.of(np.stack([face.pixels for face in faces])), expected)
        return scores

    def _face(self, data: Dataset, part: HeldOut) -> ClipCrops:
        return ClipCrops(part.clip, data.layout, self.layout, part.references)

    def _rendered(
        self, name: str, data: Dataset, part: HeldOut, speech: Speech, times: NDArray[np.float64]
    ) -> list[RenderedFace]:
        contender = self.contenders[name]
        with contender.generator.start(speech, self._face(data, part), contender.options, self.device) as take:
            return list(take.render(times.tolist()))
