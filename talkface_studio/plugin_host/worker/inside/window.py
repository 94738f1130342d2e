"""One window of a take: instants come in, rendered faces go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

import numpy as np

from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import FaceCrop, RenderedFace
from talkface_studio.plugin_host.worker.inside.inputs import WorkerFace
from talkface_studio.plugin_host.worker.parcels import DTYPES, Array, Packer
from talkface_studio.plugin_host.worker.protocol import Frame, Starved

SOON = 0.0005
"""Seconds within which the next instant usually comes; only after them the studio is told that it is wanted."""


class Window:
    """Runs `Take.render` for instants that are put in from another thread."""

    def __init__(self, number: int, face: WorkerFace | None, starved: Callable[[Starved], None]) -> None:
        self._number, self._face, self._starved = number, face, starved
        self._instants: SimpleQueue[float | None] = SimpleQueue()
        self._stopped = False

    def put(self, time: float | None, crop: FaceCrop | None = None, *, still: bool = False) -> None:
        """The next instant with its crop, or `still` where that is the first reference; None: there is none."""
        if self._face is not None and time is not None:
            if crop is not None:
                self._face.sent(time, crop)
            elif still:
                self._face.still(time)
        self._instants.put(time)

    def stop(self) -> None:
        """Nobody wants the rest."""
        self._stopped = True
        self._instants.put(None)

    def run(self, take: Take, packer: Packer, send: Callable[[Frame], None]) -> None:
        """Render until the instants end, or nobody wants more.

        Raises:
            PluginError: what the plugin gives is no rendered face.
            Exception: whatever the plugin raises.
        """
        faces = iter(take.render(self._times()))
        try:
            for face in faces:
                if self._stopped:
                    return
                arrays = _arrays(face)
                if self._face is not None:
                    self._face.forget(face.time)
                frame = Frame(
                    window=self._number,
                    time=float(face.time),
                    mask=face.mask is not None,
                    landmarks=face.landmarks is not None,
                    parcel=packer.pack(arrays),
                )
                send(frame)
        finally:
            if hasattr(faces, "close"):
                faces.close()

    def _times(self) -> Iterator[float]:
        taken = 0
        while True:
            try:
                time = self._instants.get(timeout=SOON)
            except Empty:
                self._starved(Starved(window=self._number, taken=taken))
                time = self._instants.get()
            if time is None or self._stopped:
                return
            taken += 1
            yield time


def _arrays(face: object) -> list[Array]:
    if not isinstance(face, RenderedFace):
        raise PluginError(f"gave a {type(face).__name__}, not a RenderedFace")
    arrays = [array for array in (face.pixels, face.mask, face.landmarks) if array is not None]
    for array in arrays:
        if not isinstance(array, np.ndarray) or array.dtype.name not in DTYPES:
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise PluginError(f"gave a face of {kind} for {face.time:.3f} s, not of uint8")
    return arrays
