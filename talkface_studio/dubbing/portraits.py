"""Faces imagined from a voice: candidates to look at, and the photo of a dub that was given no face.

An imagined face is an illustration, never evidence of what someone looks like.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from talkface_studio.api.card import ModelCard, OptionValue
from talkface_studio.api.errors import ExportError, OptionError, WeightsError
from talkface_studio.api.values import ByteArray, Device, Options, Portrait
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.device import choose_device
from talkface_studio.dubbing.fingerprint import content_hash, fingerprint, software
from talkface_studio.dubbing.inputs import probe_speech
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.container import reason
from talkface_studio.media.photo import read_photo
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.weights import file_sha256
from talkface_studio.quality.teachers.registry import open_teacher, teachers_of
from talkface_studio.quality.teachers.teacher import Teacher
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.speech.vad import require_speech

ILLUSTRATION = "An imagined face is an illustration, never evidence of what someone looks like."
PORTRAIT, CHOSEN = "portrait", "portrait_index"
"""Options of a dub without a face: the model that imagines one, and which of its candidates is dubbed."""
MOST_CANDIDATES = 1000
"""Candidates, at most, that are drawn for one that is chosen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortraitRequest:
    """A voice to imagine faces of."""

    speech: Path
    """Any file with sound."""
    model: str | None = None
    """None picks the installed model of the highest priority."""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    preset: str = "compact"
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A request that was looked at."""

    request: PortraitRequest
    card: ModelCard
    options: Options
    device: Device

    @property
    def key(self) -> str:
        """What its portraits depend on."""
        return fingerprint(
            {
                "speech": content_hash(self.request.speech),
                "model": [self.card.name, self.card.version, self.options.preset, self.options.seed],
                "options": dict(self.options.values),
                "weights": {name: file_sha256(path) for name, path in self.options.weights.items()},
                "device": [self.device.torch_name, self.device.precision],
                "software": software(),
            }
        )


def imagine(request: PortraitRequest, catalog: Catalog, folders: Folders) -> Generator[Portrait, None, None]:
    """Endless candidates; the same seed gives the same ones in the same order.

    Raises:
        TalkFaceError: the file has no voice in it, or the model, its options or its weights are not what is needed.
    """
    return _drawn(_ready(request, catalog, folders, None), catalog, folders)


def with_portrait(request: DubRequest, catalog: Catalog, folders: Folders, cancel: Cancel | None = None) -> DubRequest:
    """`request` with an imagined face as its photo, if its options ask for one; otherwise as it is.

    The photo is kept in the cache under what it depends on, so that a job that is resumed finds the same one.

    Raises:
        OptionError: the options contradict the request, or the number of the candidate is none.
        TalkFaceError: as `imagine`.
    """
    options = dict(request.options)
    model, chosen = options.pop(PORTRAIT, None), options.pop(CHOSEN, None)
    if model is None and chosen is None:
        return request
    if request.face is not None or request.parts or model is None:
        raise OptionError(
            f"option {PORTRAIT} names a model that imagines the face of a dub without one: "
            f'give "voice" as FACE, --option {PORTRAIT}=MODEL, and no plan'
        )
    index = _candidate(chosen)
    asked = PortraitRequest(
        speech=request.speech, model=str(model), seed=request.seed, device=request.device, precision=request.precision
    )
    ready = _ready(asked, catalog, folders, cancel)
    path = folders.cache / "portraits" / f"{ready.key}_{index}.png"
    if not path.is_file():
        with closing(_drawn(ready, catalog, folders)) as candidates:
            _write(next(islice(candidates, index, None)).pixels, path)
    return replace(request, face=path, options=options)


def described_portrait(request: PortraitRequest, catalog: Catalog, folders: Folders, folder: Path) -> dict[str, Any]:
    """The first candidate as a picture in `folder`, with estimates of what it looks like, as plain data.

    It lies there under what it depends on, so that asking again takes no time. Without a network that estimates, its
    attributes are those that the model gives.

    Raises:
        TalkFaceError: as `imagine`.
    """
    ready = _ready(request, catalog, folders, None)
    path = folder / f"{ready.card.name} {ready.key[:12]}.png"
    attributes: dict[str, float | str] = {}
    if not path.is_file():
        with closing(_drawn(ready, catalog, folders)) as candidates:
            portrait = next(candidates)
        attributes = dict(portrait.attributes)
        _write(portrait.pixels, path)
    try:
        estimator = AttributeEstimator(folders)
    except WeightsError:
        return {"path": str(path), "attributes": attributes, "estimator": None}
    with closing(estimator):
        attributes |= estimator.estimates(read_photo(path).pixels)
    return {"path": str(path), "attributes": attributes, "estimator": estimator.title}


class AttributeEstimator:
    """Says what the face of a portrait looks like: the user's published network, or the stand-in that is installed.

    Raises:
        WeightsError: neither is there; the message says how to get one.
    """

    def __init__(self, folders: Folders) -> None:
        self._teacher = _first_teacher(folders)
        self._detector = FaceDetector(max_faces=1)
        self.title = self._teacher.title

    def estimates(self, pixels: ByteArray) -> dict[str, float]:
        """By attribute, of the largest face of a picture `(H, W, 3)`: "male" as a probability, "age" in years.

        Nothing where no face is found.
        """
        faces = self._detector.detect(pixels)
        if not faces:
            return {}
        said = self._teacher.describe([crop_face(pixels, faces[0], self._teacher.layout)])[0]
        return {name: round(float(value), 3) for name, value in zip(self._teacher.labels, said, strict=True)}

    def close(self) -> None:
        """Free the detector."""
        self._detector.close()


def _first_teacher(folders: Folders) -> Teacher:
    missing = []
    for spec in teachers_of("attributes"):
        try:
            return open_teacher(spec.name, folders.weights)
        except WeightsError as error:
            missing.append(str(error))
    raise WeightsError(missing[-1])


def _ready(request: PortraitRequest, catalog: Catalog, folders: Folders, cancel: Cancel | None) -> _Ready:
    probe_speech(request.speech)
    card = catalog.choose(frozenset({"speech"}), request.model, gives="portrait")
    options = catalog.options(
        card.name,
        request.options,
        preset=request.preset,
        seed=request.seed,
        weights_folder=folders.weights,
        cache_folder=folders.models,
    )
    if cancel is not None:
        options = replace(options, cancelled=lambda: cancel.cancelled)
    return _Ready(request, card, options, choose_device(request.device, request.precision))


def _drawn(ready: _Ready, catalog: Catalog, folders: Folders) -> Generator[Portrait, None, None]:
    with ExitStack() as stack:
        reader = stack.enter_context(AudioReader(ready.request.speech))
        speech = SpeechTrack(reader, encoders=studio_encoders(ready.device, folders.encoders))
        require_speech(speech, ready.request.speech)
        generator = catalog.portrait_generator(ready.card.name)
        stack.callback(generator.close)
        yield from generator.imagine(speech, ready.options, ready.device)


def _candidate(chosen: OptionValue | None) -> int:
    text = str(0 if chosen is None else chosen)
    if not text.isdecimal() or int(text) >= MOST_CANDIDATES:
        raise OptionError(f"option {CHOSEN}: {text!r} is not the number of a candidate, 0..{MOST_CANDIDATES - 1}")
    return int(text)


def _write(pixels: ByteArray, path: Path) -> None:
    draft = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(draft, format="PNG")
        draft.replace(path)
    except OSError as error:
        raise ExportError(f"{path}: the imagined portrait cannot be kept there ({reason(error)})") from error
    finally:
        draft.unlink(missing_ok=True)
