"""Export presets: how an export is encoded, under a name. Each is a TOML file; users add theirs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from talkface_studio.api.errors import ExportError
from talkface_studio.media.codecs import AUDIO_CODECS, VIDEO_CODECS, find_audio_codec, find_video_codec, is_sound
from talkface_studio.media.encoding import PRESETS, Encoding

BUNDLED = Path(__file__).parent
"""The presets that come with the studio."""


class ExportPreset(BaseModel):
    """One preset; the fields are the keys of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    """The file's name without its suffix."""
    title: str = Field(min_length=1, max_length=100)
    """What it is for, in a line."""
    container: Literal["mp4", "mov", "mkv", "webm", "gif", "webp", "png", "wav", "flac", "m4a", "opus"]
    """The suffix of the output."""
    codec: str | None = None
    """A video codec; none for sound alone."""
    crf: int | None = Field(default=None, ge=0, le=63)
    """Constant quality, lower is better."""
    bitrate: int | None = Field(default=None, ge=10_000, le=1_000_000_000)
    """Bits per second of the picture, instead of `crf`."""
    speed: str = "veryfast"
    """The encoder's effort, from "ultrafast" to "veryslow"."""
    size: tuple[int, int] | None = None
    """Largest width and height in pixels; larger pictures are scaled down."""
    audio: str | None = None
    """An audio codec. Without one, or with "copy", sound stays as it is stored where the container can hold it."""
    audio_bitrate: int = Field(default=192_000, ge=6_000, le=1_000_000)
    """Bits per second of stereo."""
    longest: float | None = Field(default=None, gt=0)
    """Seconds that such an export may last, for formats that are no use for more."""

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, values: object) -> object:
        if isinstance(values, dict) and isinstance(values.get("size"), list):
            return {**values, "size": tuple(values["size"])}
        return values

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        output = Path("%06d.png" if self.container == "png" else f"out.{self.container}")
        if self.codec is None and not is_sound(output):
            raise ValueError(f"a .{self.container} file needs a codec; choose one of {', '.join(VIDEO_CODECS)}")
        if self.crf is not None and self.bitrate is not None:
            raise ValueError("crf and bitrate exclude each other")
        if self.size is not None and min(self.size) < 16:
            raise ValueError("size is width and height in pixels, 16 or more")
        if self.speed not in PRESETS:
            raise ValueError(f"speed {self.speed!r} is unknown; choose one of {', '.join(PRESETS)}")
        if self.audio not in {None, "copy", *AUDIO_CODECS}:
            raise ValueError(f"audio {self.audio!r} is unknown; choose copy or one of {', '.join(AUDIO_CODECS)}")
        try:
            if self.codec is not None:
                find_video_codec(self.codec, output).encoder_options(self.encoding())
            if self.audio not in {None, "copy"}:
                find_audio_codec(self.audio, output)
        except ExportError as error:
            raise ValueError(str(error).removeprefix(f"{output}: ")) from None
        return self

    def encoding(self) -> Encoding:
        """The encoding that it stands for."""
        defaults = Encoding()
        return Encoding(
            codec=self.codec or defaults.codec,
            crf=defaults.crf if self.crf is None else self.crf,
            preset=self.speed,
            audio_codec=None if self.audio == "copy" else self.audio,
            audio_bitrate=self.audio_bitrate,
            bitrate=self.bitrate,
            size=self.size,
            longest=self.longest,
        )


def read_preset(path: Path) -> ExportPreset:
    """Read one preset.

    Raises:
        ExportError: the file cannot be read, or says something that does not exist or does not go together.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return ExportPreset.model_validate({"name": path.stem, **values})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise ExportError(f"{path}: {where + ': ' if where else ''}{what}") from None
    except (OSError, ValueError) as error:
        raise ExportError(f"{path}: cannot be read as a preset ({' '.join(str(error).split())})") from None


def preset_files(folders: Iterable[Path] = ()) -> dict[str, Path]:
    """Name and file of each bundled preset and of those in `folders`; a later one replaces an earlier of its name."""
    places = (BUNDLED, *folders)
    return {path.stem: path for folder in places for path in sorted(folder.glob("*.toml"))}


def find_preset(name: str, folders: Iterable[Path] = ()) -> ExportPreset:
    """The preset of this name, or that of the TOML file that `name` is the path of.

    Raises:
        ExportError: there is none, or its file is wrong.
    """
    if name.endswith(".toml"):
        return read_preset(Path(name))
    files = preset_files(folders)
    if name not in files:
        raise ExportError(f"there is no export preset {name!r}; choose one of {', '.join(files)}, or give a .toml file")
    return read_preset(files[name])
