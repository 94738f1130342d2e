"""The parts of a request, each with the model, the options and the range that it is played with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import Options
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.inputs import Inputs, part_range
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.media.probe import MediaInfo
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.weights import file_sha256


@dataclass(frozen=True, slots=True)
class Role:
    """A part whose model is chosen. Its face is dubbed in `start..end` (seconds; `end` may be infinite)."""

    part: Part
    card: ModelCard
    options: Options
    sound: MediaInfo
    start: float
    end: float

    @property
    def offset(self) -> float:
        """Where the speech begins, in seconds of the clip."""
        return self.start + self.part.audio_offset

    def document(self) -> Mapping[str, Any]:
        """What its pixels depend on, speech and face apart, in plain values."""
        choice = self.part.face_choice
        return {
            "face": [choice.index, choice.point, choice.time],
            "range": [self.start, self.end, self.part.audio_offset],
            "model": [self.card.name, self.card.version, self.options.preset, self.options.seed],
            "options": dict(self.options.values),
            "weights": {name: file_sha256(path) for name, path in self.options.weights.items()},
        }


def cast_roles(
    request: DubRequest, inputs: Inputs, catalog: Catalog, folders: Folders, cancel: Cancel | None = None
) -> tuple[Role, ...]:
    """Choose a model for every part and check its options and weights.

    Raises:
        TalkFaceError: no model takes these inputs, or one of the options or weights is not what its card says.
    """
    roles = []
    for part, sound in zip(request.cast, inputs.speeches, strict=True):
        card = catalog.choose(inputs.kinds, part.model)
        options = catalog.options(
            card.name,
            part.options,
            preset=part.preset,
            seed=part.seed,
            weights_folder=folders.weights,
            cache_folder=folders.models,
        )
        if cancel is not None:
            options = replace(options, cancelled=lambda: cancel.cancelled)
        start, end = part_range(request, part, sound)
        if end <= start:
            raise MediaError(f"{part.speech}: nothing of it would be heard between {start:g} s and {end:g} s")
        roles.append(Role(part, card, options, sound, start, end))
    return tuple(roles)
