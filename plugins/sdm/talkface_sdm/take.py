"""One photo performing one speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from talkface_sdm.blinks import Blinks
from talkface_sdm.completion import completed
from talkface_sdm.motion import Motion
from talkface_sdm.photo import MovingPhoto, Performance
from talkface_sdm.renderer import Renderer
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import ByteArray, RenderedFace


@dataclass(frozen=True, slots=True)
class TakeParts:
    """What a take works with; let go of as a whole when it is closed."""

    photo: MovingPhoto
    motion: Motion
    blinks: Blinks
    renderer: Renderer
    gaze_hold: float


def _rendered(parts: TakeParts, performance: Performance) -> ByteArray:
    photo = parts.photo
    rest = replace(performance, lips=0.0)
    return completed(
        parts.renderer, photo.shown(performance), photo.landmarks(rest), photo.landmarks(performance), photo.home.unit
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
        for time in times:
            if self._parts is None:
                raise PluginError("this take is closed; start another one")
            yield RenderedFace(_rendered(self._parts, self.performance(time)), time)

    def performance(self, time: float) -> Performance:
        """What the photo does at an instant."""
        parts = self._parts
        if parts is None:
            raise PluginError("this take is closed; start another one")
        instant = np.array([time])
        motion = parts.motion.at(instant)[0]
        return Performance(
            motion=motion[:-1],
            lips=float(motion[-1]),
            closure=float(parts.blinks.at(instant)[0]),
            gaze_hold=parts.gaze_hold,
        )

    def close(self) -> None:
        """See `Take.close`."""
        self._parts = None
