"""Who plays the parts of a request: one role for all parts that are one face with one model."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import FaceNotFoundError, MediaError
from talkface_studio.api.values import Options
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.inputs import Inputs, part_range
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.probe import MediaInfo
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.weights import file_sha256


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a request: a speech that is heard in `start..end` (seconds of the clip; `end` may be infinite)."""

    number: int
    """Of the part, from 1."""
    part: Part
    sound: MediaInfo
    start: float
    end: float

    @property
    def offset(self) -> float:
        """Where the speech begins, in seconds of the clip."""
        return self.start + self.part.audio_offset

    def meets(self, other: Line) -> bool:
        """Whether both are heard at some instant."""
        return self.start < other.end and other.start < self.end

    def document(self) -> list[float]:
        """What its pixels depend on, the speech itself apart."""
        return [self.start, self.end, self.part.audio_offset]


@dataclass(frozen=True, slots=True)
class Role:
    """A face that speaks one line after the other, with the model that was chosen for it."""

    card: ModelCard
    options: Options
    lines: tuple[Line, ...]

    @property
    def face_choice(self) -> FaceChoice:
        """Whose face it is."""
        return self.lines[0].part.face_choice

    @property
    def start(self) -> float:
        """Where the first line begins, in seconds of the clip."""
        return min(line.start for line in self.lines)

    @property
    def end(self) -> float:
        """Where the last line ends, in seconds of the clip; may be infinite."""
        return max(line.end for line in self.lines)

    def speaks_at(self, time: float) -> bool:
        """Whether the face is dubbed at this instant."""
        return any(line.start <= time < line.end for line in self.lines)

    def document(self) -> Mapping[str, Any]:
        """What its pixels depend on, speeches and face apart, in plain values."""
        choice = self.face_choice
        return {
            "face": [choice.index, choice.point, choice.time],
            "lines": [line.document() for line in self.lines],
            "model": [self.card.name, self.card.version, self.options.preset, self.options.seed],
            "options": dict(self.options.values),
            "weights": {name: file_sha256(path) for name, path in self.options.weights.items()},
        }


def cast_roles(
    request: DubRequest, inputs: Inputs, catalog: Catalog, folders: Folders, cancel: Cancel | None = None
) -> tuple[Role, ...]:
    """Choose a model for every part and check its options and weights; parts that differ in nothing else share a role.

    Raises:
        TalkFaceError: no model takes these inputs, one of the options or weights is not what its card says, or parts
            do not go together.
    """
    roles: dict[Hashable, Role] = {}
    for line in _lines(request, inputs):
        part = line.part
        key = (part.face_choice, part.model, part.preset, part.seed, tuple(sorted(part.options.items())))
        if key in roles:
            roles[key] = replace(roles[key], lines=(*roles[key].lines, line))
            continue
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
        roles[key] = Role(card, options, (line,))
    cast = tuple(roles.values())
    if inputs.face is not None and inputs.face.kind == "photo" and len(cast) > 1:
        raise MediaError(
            f"{request.face}: is a photo, of which one face can speak, with one model and one seed; "
            "a plan of several needs a video"
        )
    for role in cast:
        for first, second in combinations(role.lines, 2):
            if first.meets(second):
                raise same_face_error(request.face, first, second)
    return cast


def same_face_error(face: object, first: Line, second: Line) -> FaceNotFoundError:
    """Says that two lines that are heard together are one face's."""
    return FaceNotFoundError(f"{face}: parts {first.number} and {second.number} are for the same face at the same time")


def _lines(request: DubRequest, inputs: Inputs) -> list[Line]:
    lines = []
    for number, (part, sound) in enumerate(zip(request.cast, inputs.speeches, strict=True), 1):
        start, end = part_range(request, part, sound)
        if end <= start:
            raise MediaError(f"{part.speech}: nothing of it would be heard between {start:g} s and {end:g} s")
        lines.append(Line(number, part, sound, start, end))
    return lines
