"""Opens what a dub or a preview works with: files, speech, faces, models."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Event, Thread
from typing import Any

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TalkFaceError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import Device
from talkface_studio.dubbing.cast import Role, cast_roles
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.device import beside_other_stages, choose_device
from talkface_studio.dubbing.fingerprint import content_hash, fingerprint, software
from talkface_studio.dubbing.inputs import Inputs, check_encoding, check_output, inspect_inputs, output_length
from talkface_studio.dubbing.picture import ClipPicture, PhotoPicture, tracked_from
from talkface_studio.dubbing.portraits import with_portrait
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.dubbing.speech_cache import SpeechCache
from talkface_studio.dubbing.track_cache import TrackCache, TrackFile
from talkface_studio.dubbing.voice_picture import NoFace, VoicePicture
from talkface_studio.dubbing.voices import VoiceFiles, role_speech
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was looked at: its files, and who plays what on which device."""

    request: DubRequest
    inputs: Inputs
    roles: tuple[Role, ...]
    device: Device


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a dub or a preview needs, opened. `card` and `take` are those of the first role."""

    card: ModelCard
    device: Device
    picture: PhotoPicture | ClipPicture | VoicePicture
    take: Take
    inputs: Inputs
    roles: tuple[Role, ...] = ()
    takes: tuple[Take, ...] = ()


def prepare(
    request: DubRequest, catalog: Catalog, folders: Folders, *, writes: bool, cancel: Cancel | None = None
) -> Prepared:
    """Check a request as far as that is cheap. A model that gets ready for long looks at `cancel` meanwhile.

    Raises:
        TalkFaceError: something about the request cannot work.
    """
    inputs = inspect_inputs(request)
    if writes:
        check_output(request)
        check_encoding(request, inputs)
    pictured = with_portrait(request, catalog, folders, cancel)
    if pictured is not request:
        request, inputs = pictured, inspect_inputs(pictured)
    roles = cast_roles(request, inputs, catalog, folders, cancel)
    return Prepared(request, inputs, roles, choose_device(request.device, request.precision))


def export_manifest(prepared: Prepared, catalog: Catalog) -> Mapping[str, Any]:
    """What the pixels and the sound of an output depend on, by the words for it."""
    request, device = prepared.request, prepared.device
    speeches = {
        f"the speech {line.number} ({line.part.speech.name})": content_hash(line.part.speech)
        for role in prepared.roles
        for line in role.lines
    }
    return {
        "the face": None if request.face is None else content_hash(request.face),
        **speeches,
        "the request": [role.document() for role in prepared.roles]
        + [
            request.fit,
            request.canvas,
            bool(request.parts),
            request.trim_start,
            request.trim_end,
            request.label,
        ],
        "the encoding": asdict(request.encoding),
        "the device": [device.torch_name, device.precision],
        "the code of the model": {role.card.name: catalog.digest(role.card.name) for role in prepared.roles},
        "the software": software(),
    }


def open_prepared(prepared: Prepared, catalog: Catalog, folders: Folders, stack: ExitStack) -> Session:
    """Open the inputs, models and faces of a request that was checked; `stack` closes them.

    Raises:
        TalkFaceError: a file cannot be decoded, a face is not found, or a model cannot be loaded.
    """
    roles, device = prepared.roles, prepared.device
    encoders = studio_encoders(device, folders.encoders)
    heard = SpeechCache(folders.cache / "speech")
    until = _photo_end(prepared)
    files, speeches = VoiceFiles(stack), []
    with beside_other_stages(), ExitStack() as listening:
        for role in roles:
            kept = heard.open(_speech_key(role, device, until))
            speeches.append(role_speech(role, files, encoders, until=until, kept=kept))
            listening.enter_context(_listening(speeches[-1], role.card))
        picture = _open_picture(prepared, folders, max(speech.duration for speech in speeches), stack)
        stack.callback(picture.close)
    generators = {name: catalog.generator(name) for name in {role.card.name for role in roles}}
    for generator in generators.values():
        stack.callback(generator.close)
    takes = tuple(
        stack.enter_context(
            generators[role.card.name].start(speech, None if isinstance(face, NoFace) else face, role.options, device)
        )
        for role, speech, face in zip(roles, speeches, picture.faces, strict=True)
    )
    return Session(roles[0].card, device, picture, takes[0], prepared.inputs, roles, takes)


def _speech_key(role: Role, device: Device, until: float | None) -> str:
    """What the features of a role's speech depend on besides their encoder."""
    alone = len(role.lines) == 1 and until is None
    return fingerprint(
        {
            "speeches": [content_hash(line.part.speech) for line in role.lines],
            "heard": role.lines[0].offset if alone else [*(line.document() for line in role.lines), until],
            "device": [device.torch_name, device.precision],
            "software": software(),
        }
    )


def _photo_end(prepared: Prepared) -> float | None:
    """How long a photo is seen that was given a plan; None for anything else."""
    request = prepared.request
    face = prepared.inputs.face
    if face is None or face.kind != "photo" or not (request.parts or request.trim_end is not None):
        return None
    return output_length(request, prepared.inputs)


@contextmanager
def _listening(speech: SpeechTrack, card: ModelCard) -> Iterator[None]:
    """Listen to the speech for the model while the face is looked for, which leaves a core without work."""
    stopped = Event()

    def listen() -> None:
        # What is missing is reported when the model asks for it.
        with suppress(TalkFaceError):
            # A model looks at what lies before the first instant too.
            for second in range(-1, math.ceil(speech.duration)):
                for kind in card.speech_features:
                    if stopped.is_set():
                        return
                    speech.features(kind, float(second), float(second))

    thread = Thread(target=listen, name="listening")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _open_picture(
    prepared: Prepared, folders: Folders, duration: float, stack: ExitStack
) -> PhotoPicture | ClipPicture | VoicePicture:
    face, role = prepared.inputs.face, prepared.roles[0]
    if face is None:
        return VoicePicture(role.card, duration)
    if face.kind == "photo":
        return PhotoPicture(face.path, role.face_choice, role.card, duration, canvas=prepared.request.canvas)
    tracks = _tracks(prepared, folders, duration, stack)
    return ClipPicture(face.path, prepared.roles, prepared.request, tracks, duration)


def _tracks(prepared: Prepared, folders: Folders, duration: float, stack: ExitStack) -> TrackFile:
    """The tracks of the face video on disk. Where it is made to last, they are those of this length only."""
    request, face = prepared.request, prepared.inputs.face
    assert face is not None
    lasting = request.fit != "cut" and duration > face.videos[0].start + face.videos[0].duration
    key = fingerprint(
        {
            "video": content_hash(face.path),
            "from": tracked_from(prepared.roles),
            "fit": request.fit if lasting else "cut",
            "software": software(),
        }
    )
    end = max(role.end for role in prepared.roles)
    cache = TrackCache(folders.cache / "tracks")
    return stack.enter_context(cache.open(key, end=min(end, duration) if lasting else end))
