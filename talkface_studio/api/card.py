"""A model's card: everything the host must know to list, offer and start a model, as data.

A plugin keeps it in `plugin.toml` beside its code, so that listing models runs none of it. The editor builds its form,
and the command line checks `--option`, from the card's options.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, isnan
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from talkface_studio.api.errors import OptionError, PluginError
from talkface_studio.api.plugin_file import card_tables, problems, read_toml
from talkface_studio.api.values import CropLayout

OptionValue = bool | int | float | str
Input = Literal["speech", "photo", "video"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OptionSpec(_Data):
    """One option of a model; `help` is a sentence for the user, `unit` is shown behind the value."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["integer", "number", "boolean", "choice"]
    default: OptionValue
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    references: int = Field(default=0, ge=0, le=64)
    """Crops of the person that the model can use where this option is not at its default, if more than the card's."""
    help: str

    @model_validator(mode="after")
    def _default_is_valid(self) -> OptionSpec:
        self.parse(self.default)
        return self

    def parse(self, value: OptionValue) -> OptionValue:
        """The value, converted from text where needed.

        Raises:
            OptionError: the value is of the wrong kind or outside the allowed range.
        """
        if self.kind == "choice":
            if value not in self.choices:
                raise OptionError(f"option {self.name}: {value!r} is not one of {', '.join(self.choices)}")
            return value
        if self.kind == "boolean":
            text = str(value).lower()
            if text in {"true", "yes", "on", "1"}:
                return True
            if text in {"false", "no", "off", "0"}:
                return False
            raise OptionError(f"option {self.name}: {value!r} is neither true nor false")
        return self._parse_number(value)

    def _parse_number(self, value: OptionValue) -> OptionValue:
        try:
            number = int(str(value)) if self.kind == "integer" else float(value)
        except ValueError:
            wanted = "a whole number" if self.kind == "integer" else "a number"
            raise OptionError(f"option {self.name}: {value!r} is not {wanted}") from None
        low, high = self.minimum, self.maximum
        # NaN compares false with every bound.
        if isnan(number) or (low is not None and number < low) or (high is not None and number > high):
            bounds = f"{'-inf' if low is None else f'{low:g}'}..{'inf' if high is None else f'{high:g}'}"
            raise OptionError(f"option {self.name}: {value} is outside {bounds}{f' {self.unit}' if self.unit else ''}")
        return number


class WeightFile(_Data):
    """One weight file of one preset.

    `path` is relative to the card for bundled weights, or to the user's weights folder when `bundled` is false.
    """

    name: str
    preset: str
    path: str
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    size: int | None = None
    bundled: bool = True
    licence: str = ""
    source: str = ""
    steps: Mapping[str, int] = Field(default_factory=dict)
    """Optimiser steps of each training stage that made it."""


CROP_STEP = 32
"""Sides of crops larger than the card's smallest are multiples of this many pixels."""


class CropSpec(_Data):
    """The crop a model works on; see `CropLayout`."""

    size: int = Field(default=128, ge=32, le=2048)
    largest: int = Field(default=0, ge=0, le=4096)
    """If not 0, the model takes crops of any side up to this one: a large face is not made smaller for it."""
    eye_distance: float = Field(default=0.4, gt=0.05, lt=1)
    eye_height: float = Field(default=1 / 3, gt=0, lt=1)

    @property
    def layout(self) -> CropLayout:
        """As the value that the faces room works with."""
        return CropLayout(size=self.size, eye_distance=self.eye_distance, eye_height=self.eye_height)

    def layout_for(self, eye_distance: float) -> CropLayout:
        """For a face whose outer eye corners are so many pixels apart: no smaller than the face, where that may be."""
        native = eye_distance / self.eye_distance
        whole = ceil(native / CROP_STEP) * CROP_STEP
        return self.layout.resized(max(self.size, min(whole, self.largest)))


class ModelCard(_Data):
    """What a model is, takes, gives and needs."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str
    version: str
    api_version: int = 1
    summary: str
    paper: str
    code_licence: str
    weights_licence: str
    training_data: str = ""
    limits: str = ""
    """What the model cannot do, in the user's words."""
    takes: tuple[tuple[Input, ...], ...]
    """The combinations of inputs it accepts, for example (("speech", "photo"), ("speech", "video")); what it does best
    comes first."""
    gives: Literal["video", "portrait"] = "video"
    priority: int = 0
    """Among several models that fit the inputs, the highest is the default; where it is the same, the model that names
    these inputs first in `takes`."""
    crop: CropSpec = CropSpec()
    region: Literal["lower", "full", "crop"] = "full"
    """What it changes: of the face everything, or only what lies below the eyes; or all that its crop shows.

    "crop" is for models that move the head of a photo. The crop is then cut from the photo as it is, neither turned nor
    scaled, with a side between `crop.size` and `crop.largest`, and what the model gives replaces it; the model sees to
    it that nothing changes at the crop's border. Of a model that takes the voice alone it is the whole picture, with a
    side of `crop.size`."""
    references: int = Field(default=1, ge=0, le=64)
    """How many crops of the person it can use."""
    look_ahead: float = Field(default=0.5, ge=0, le=10)
    """Seconds of instants it reads beyond the frame that it yields."""
    speech_features: tuple[str, ...] = ()
    """Encoders that the compact preset needs; see `Speech.features`."""
    memory_mb: int = 0
    """Estimate of the memory of networks and activations."""
    presets: tuple[str, ...] = ("compact",)
    options: tuple[OptionSpec, ...] = ()
    weights: tuple[WeightFile, ...] = ()
    metrics: Mapping[str, float] = Field(default_factory=dict)
    """Measured by `talkface evaluate` on the shipped weights; the card's documentation names the data."""

    @model_validator(mode="after")
    def _no_video_is_cut(self) -> ModelCard:
        if self.region == "crop" and any("video" in combination for combination in self.takes):
            raise ValueError('region "crop" is for models that take photos or the voice alone')
        return self

    def accepts(self, inputs: frozenset[str]) -> bool:
        """Whether it takes exactly these inputs, for example `{"speech", "photo"}`."""
        return any(frozenset(combination) == inputs for combination in self.takes)

    def place_of(self, inputs: frozenset[str]) -> int:
        """Where `takes` has exactly these inputs, 0 being what the model does best.

        Raises:
            StopIteration: it does not take them.
        """
        return next(place for place, names in enumerate(self.takes) if frozenset(names) == inputs)

    def parse_options(self, given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
        """All options of the card: those given, checked and converted, the others at their default.

        Raises:
            OptionError: an option is unknown or its value is not allowed.
        """
        specs = {spec.name: spec for spec in self.options}
        for name in given:
            if name not in specs:
                known = ", ".join(specs) or "none"
                raise OptionError(f"model {self.name} has no option {name!r}; it has: {known}")
        return {name: spec.parse(given.get(name, spec.default)) for name, spec in specs.items()}

    def references_for(self, values: Mapping[str, OptionValue]) -> int:
        """How many crops of the person it can use with these values of its options."""
        asked = (spec.references for spec in self.options if values.get(spec.name, spec.default) != spec.default)
        return max(self.references, *asked, 0)

    @classmethod
    def load(cls, path: Path, name: str | None = None) -> ModelCard:
        """Read the card `name` of a `plugin.toml`, by default its only one; or a file that is one card.

        Raises:
            PluginError: the file is missing, has no such card, or the card is not valid.
        """
        document = read_toml(path, "model card")
        tables = card_tables(document) if "plugin" in document else [document]
        if name is not None:
            tables = [table for table in tables if table.get("name") == name]
        if len(tables) != 1:
            wanted = f"card {name!r}" if name is not None else "card, or the name of one of several,"
            raise PluginError(f"{path}: not a valid model card: one {wanted} is needed, there are {len(tables)}")
        try:
            return cls.model_validate(tables[0])
        except OptionError as error:
            raise PluginError(f"{path}: not a valid model card: {error}") from error
        except ValidationError as error:
            raise PluginError(f"{path}: not a valid model card: {problems(error)}") from error
