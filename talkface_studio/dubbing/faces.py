"""The host's side of `api.generator.Face`: a photo's one crop, or the crops of a clip as they are tracked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from talkface_studio.api.errors import PluginError
from talkface_studio.api.values import FaceCrop, RenderedFace, VideoFrame


@dataclass(frozen=True, slots=True)
class FacedFrame:
    """A frame and the crop of the face to dub; None where there is none or where the frame is not to be dubbed."""

    frame: VideoFrame
    crop: FaceCrop | None
    in_range: bool = True
    """False before and behind the range that is dubbed."""
    rest: tuple[FaceCrop | None, ...] = ()
    """The crops of further faces, one for each further part."""


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """A frame with the face that the generator gave for it, if any."""

    frame: VideoFrame
    crop: FaceCrop | None = None
    face: RenderedFace | None = None
    rest: tuple[FaceCrop | None, ...] = ()
    """As in `FacedFrame`."""


class PhotoFace:
    """The face of a photo: the same crop at every instant."""

    def __init__(self, crop: FaceCrop) -> None:
        self._crop = crop

    @property
    def references(self) -> tuple[FaceCrop, ...]:
        """The photo's crop."""
        return (self._crop,)

    def offer(self, crop: FaceCrop) -> None:
        """Nothing to do: the crop is known."""

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The photo's crop, at each instant."""
        for time in times:
            yield replace(self._crop, time=time)


class ClipFace:
    """The tracked face of a clip: crops are offered as frames are decoded, and taken once by the generator."""

    def __init__(self, references: tuple[FaceCrop, ...]) -> None:
        self._references = references
        self._offered: dict[float, FaceCrop] = {}

    @property
    def references(self) -> tuple[FaceCrop, ...]:
        """Crops spread over the clip."""
        return self._references

    def offer(self, crop: FaceCrop) -> None:
        """Make the crop of an instant available."""
        self._offered[crop.time] = crop

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        """The crop of each instant, which must be one that the host asked the take to render.

        Raises:
            PluginError: the plugin asks for another instant, or for one twice.
        """
        for time in times:
            crop = self._offered.pop(time, None)
            if crop is None:
                raise PluginError(f"the plugin asked for the face at {time:.3f} s, which it was not asked to render")
            yield crop
