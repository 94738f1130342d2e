"""One imagined face performing one speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from talkface_speech2video.manner import Manner
from talkface_speech2video.voice import Speaker, SpokenLips
from talkface_speech2video.weights import Speech2VideoNetworks
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import ByteArray, Device, FloatArray, RenderedFace
from talkface_studio.nn.enlarging import enlarged
from talkface_studio.nn.serving import autocast, batches

BATCH = 8


@dataclass(frozen=True, slots=True)
class TakeParts:
    """What a take works with; let go of as a whole when it is closed."""

    networks: Speech2VideoNetworks
    lips: SpokenLips
    manner: Manner
    speaker: Speaker
    maps: tuple[Tensor, ...]
    """Of the identity branch: they are the same for all frames."""
    device: Device


class Speech2VideoTake(Take):
    """Renders every instant on its own; `size` is the side of the frames that it gives."""

    def __init__(self, parts: TakeParts, *, size: int, look_ahead: float) -> None:
        self._parts: TakeParts | None = parts
        self._size, self._look_ahead = size, look_ahead

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`.

        Raises:
            PluginError: the take is closed.
        """
        self._opened()
        for batch in batches(times, self._look_ahead / 2, BATCH):
            for time, pixels in zip(batch, self._frames(batch), strict=True):
                yield RenderedFace(pixels, time)

    @property
    def identity(self) -> FloatArray:
        """Whose voice this is: nu, `(I,)`."""
        identity: FloatArray = self._opened().speaker.identity[0].float().cpu().numpy()
        return identity

    def _opened(self) -> TakeParts:
        if self._parts is None:
            raise PluginError("this take is closed; start another one")
        return self._parts

    def _frames(self, times: list[float]) -> list[ByteArray]:
        parts = self._opened()
        instants = np.array(times)
        device = parts.device.torch_name
        heard = torch.from_numpy(parts.lips.at(instants)).to(device)
        size = parts.networks.config.decoder.manner
        manner = torch.from_numpy(parts.manner.at(instants, size)).to(device)
        with torch.inference_mode(), autocast(parts.device):
            made = parts.networks.decoder(heard, parts.speaker.emotion.expand(len(times), -1), manner, parts.maps)
        pixels = ((made.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).movedim(1, 3).cpu().numpy()
        return [enlarged(frame, self._size) for frame in pixels]

    def close(self) -> None:
        """See `Take.close`."""
        self._parts = None
