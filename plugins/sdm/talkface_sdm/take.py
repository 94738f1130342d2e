"""One photo performing one speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from talkface_sdm.blinks import Blinks
from talkface_sdm.completion import completed
from talkface_sdm.motion import Motion
from talkface_sdm.photo import MovingPhoto, Performance
from talkface_sdm.picture_denoiser import PictureRefiner
from talkface_sdm.renderer import Renderer
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import ByteArray, Device, RenderedFace
from talkface_studio.nn.serving import in_order


@dataclass(frozen=True, slots=True)
class TakeParts:
    """What a take works with; let go of as a whole when it is closed."""

    photo: MovingPhoto
    motion: Motion
    blinks: Blinks
    renderer: Renderer
    gaze_hold: float
    device: Device
    refiner: PictureRefiner | None = None


def _rendered(parts: TakeParts, performance: Performance) -> ByteArray:
    photo = parts.photo
    rest = replace(performance, lips=0.0)
    return completed(
        parts.renderer,
        photo.shown(performance),
        photo.landmarks(rest),
        photo.landmarks(performance),
        unit=photo.home.unit,
        refiner=parts.refiner,
    )


class SdmTake(Take):
    """Renders every instant on its own, from the photo."""

    def __init__(self, parts: TakeParts) -> None:
        self._parts: TakeParts | None = parts

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`.

        Raises:
            PluginError: the take is closed.
        """
        parts = self._open()

        def frame(asked: tuple[float, Performance]) -> list[RenderedFace]:
            time, performance = asked
            return [RenderedFace(_rendered(parts, performance), time)]

        yield from in_order(((time, self.performance(time)) for time in times), frame, parts.device)

    def performance(self, time: float) -> Performance:
        """What the photo does at an instant."""
        parts = self._open()
        instant = np.array([time])
        motion = parts.motion.at(instant)[0]
        return Performance(
            motion=motion[:-1],
            lips=float(motion[-1]),
            closure=float(parts.blinks.at(instant)[0]),
            gaze_hold=parts.gaze_hold,
        )

    def _open(self) -> TakeParts:
        if self._parts is None:
            raise PluginError("this take is closed; start another one")
        return self._parts

    def close(self) -> None:
        """See `Take.close`."""
        self._parts = None
