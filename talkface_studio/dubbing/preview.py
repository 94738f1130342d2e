"""Single dubbed frames, at any instant; what they are made with stays open for the next one."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from threading import Lock

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import MediaError
from talkface_studio.api.generator import Face, Generator, Take
from talkface_studio.api.values import ByteArray, Device, Options, VideoFrame
from talkface_studio.dubbing.cast import cast_roles
from talkface_studio.dubbing.device import choose_device
from talkface_studio.dubbing.faces import RenderedFrame
from talkface_studio.dubbing.inputs import Inputs, inspect_inputs, output_length
from talkface_studio.dubbing.instants import Instant, Instants, PhotoInstants
from talkface_studio.dubbing.picture import PhotoPicture
from talkface_studio.dubbing.pipeline import composed_frame
from talkface_studio.dubbing.portraits import with_portrait
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.dubbing.still import ClipStill
from talkface_studio.dubbing.voice_picture import VoicePicture
from talkface_studio.dubbing.voices import VoiceFiles, role_speech
from talkface_studio.dubbing.warm import Warm
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.container import check_readable
from talkface_studio.media.photo import is_photo
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.speech.vad import require_speech

OPEN_SESSIONS = 4
"""Takes that stay open: one for each look that the user goes back and forth between."""
OPEN_CLIPS = 3
OPEN_VOICES = 3
OPEN_GENERATORS = 4

_WRITING = frozenset({"output", "encoding", "resume", "label", "trim_start"})
"""Fields of a request that a single frame does not depend on."""


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """A dubbed frame: uint8 RGB `(H, W, 3)`, its own time in seconds, and how long it took."""

    pixels: ByteArray
    time: float
    seconds: float
    """From the opened session to the picture."""
    model_seconds: float
    """Of these, in the model."""
    setup_seconds: float
    """Opening files, finding the face, loading the model; next to nothing when that was done before."""
    model: str
    device: str
    face_found: bool


def preview(request: DubRequest, at: float, catalog: Catalog, folders: Folders) -> PreviewResult:
    """The frame that is shown at `at` seconds of the output.

    Raises:
        MediaError: the output is not that long.
        TalkFaceError: as `dub`.
    """
    with closing(Previews(catalog, folders)) as previews:
        return previews.preview(request, at)


class Previews:
    """Makes single frames and keeps open what they need: clips, voices, networks and takes.

    Files that change on disk are opened anew. Threads may share it; frames of one take are made one after another.
    """

    def __init__(self, catalog: Catalog, folders: Folders) -> None:
        self._catalog, self._folders = catalog, folders
        self._clips: Warm[Instants] = Warm(OPEN_CLIPS)
        self._photos: Warm[PhotoInstants] = Warm(OPEN_CLIPS)
        self._voices: Warm[_Voice] = Warm(OPEN_VOICES)
        self._generators: Warm[Generator] = Warm(OPEN_GENERATORS)
        self._sessions: Warm[_Session] = Warm(OPEN_SESSIONS)

    def preview(self, request: DubRequest, at: float) -> PreviewResult:
        """The frame that is shown at `at` seconds of the output.

        Raises:
            MediaError: the output is not that long.
            TalkFaceError: as `dub`.
        """
        began = time.perf_counter()
        key = (_session_key(request), self._catalog.digests())
        with self._sessions.lease(key, lambda: self._open(request)) as session:
            return session.frame(at, began)

    def source_frame(self, path: Path, at: float) -> VideoFrame:
        """The frame of a clip that is shown at `at` seconds, or a photo.

        Raises:
            MediaError: the file cannot be read.
        """
        with self._shown(path) as instants:
            return instants.frame_at(at)

    def faces(self, path: Path, at: float) -> Instant:
        """The same frame with the faces in it; see `Instants`.

        Raises:
            MediaError: the file cannot be read.
        """
        with self._shown(path) as instants:
            return instants.at(at)

    def _shown(self, path: Path) -> AbstractContextManager[Instants | PhotoInstants]:
        key = _file_key(path)
        if is_photo(path):
            return self._photos.lease(key, lambda: PhotoInstants(path))
        return self._clips.lease(key, lambda: Instants(path))

    def close(self) -> None:
        """Close all. Sessions go first, because they use what the others hold."""
        for store in (self._sessions, self._generators, self._voices, self._clips, self._photos):
            store.close()

    def _open(self, request: DubRequest) -> _Session:
        request = with_portrait(request, self._catalog, self._folders)
        inputs = inspect_inputs(request)
        device = choose_device(request.device, request.precision)
        with ExitStack() as stack:
            if request.parts:
                performer = self._photo_of_plan(request, inputs, device, stack)
            else:
                performer = self._performer(request, inputs, device, stack)
            return _Session((performer,), device, stack.pop_all())

    def _performer(self, request: DubRequest, inputs: Inputs, device: Device, stack: ExitStack) -> _Performer:
        """One voice for one face."""
        card = self._catalog.choose(inputs.kinds, request.model)
        options = self._catalog.options(
            card.name, request.options, preset=request.preset, seed=request.seed, weights_folder=self._folders.weights
        )
        offset = (request.start or 0.0) + request.audio_offset
        speech = stack.enter_context(self._voice(request.speech, offset, device)).track
        face = inputs.face
        picture: ClipStill | PhotoPicture | VoicePicture
        if face is None:
            picture = VoicePicture(card, speech.duration)
        elif face.kind == "photo":
            picture = PhotoPicture(face.path, request.face_choice, card, speech.duration, canvas=request.canvas)
        else:
            instants = stack.enter_context(self._clips.lease(_file_key(face.path), lambda: Instants(face.path)))
            count = card.references_for(options.values)
            picture = ClipStill(instants, request, card, speech.duration, references=count)
        take = self._take(card, options, device, stack)(speech, picture.face)
        return _Performer(card, picture, take)

    def _photo_of_plan(self, request: DubRequest, inputs: Inputs, device: Device, stack: ExitStack) -> _Performer:
        """A photo that says one line after the other: one take of all of them, as in the dub."""
        face = inputs.face
        if face is None or face.kind != "photo":
            raise MediaError(f"{request.face}: single frames of a plan are made of photos; ask for one of its parts")
        (role,) = cast_roles(request, inputs, self._catalog, self._folders)
        encoders = studio_encoders(device, self._folders.encoders)
        speech = role_speech(role, VoiceFiles(stack), encoders, until=output_length(request, inputs))
        picture = PhotoPicture(face.path, role.face_choice, role.card, speech.duration, canvas=request.canvas)
        take = self._take(role.card, role.options, device, stack)(speech, picture.face)
        return _Performer(role.card, picture, take)

    def _take(
        self, card: ModelCard, options: Options, device: Device, stack: ExitStack
    ) -> Callable[[SpeechTrack, Face | None], Take]:
        make = partial(self._catalog.generator, card.name)
        # Another version of an installed plugin is another generator.
        key = (card.name, self._catalog.digest(card.name))
        generator = stack.enter_context(self._generators.lease(key, make))
        return lambda speech, face: stack.enter_context(generator.start(speech, face, options, device))

    def _voice(self, path: Path, offset: float, device: Device) -> AbstractContextManager[_Voice]:
        key = (_file_key(path), offset, device)
        return self._voices.lease(key, lambda: _Voice(path, offset, device, self._folders))


class _Voice:
    """A speech in which somebody speaks, with its encoders."""

    def __init__(self, path: Path, offset: float, device: Device, folders: Folders) -> None:
        self._reader = AudioReader(path)
        try:
            encoders = studio_encoders(device, folders.encoders)
            self.track = SpeechTrack(self._reader, offset=offset, encoders=encoders)
            require_speech(self.track, path)
        except BaseException:
            self._reader.close()
            raise

    def close(self) -> None:
        self._reader.close()


@dataclass(frozen=True, slots=True)
class _Performer:
    """One face performing one speech, ready to be asked for frames."""

    card: ModelCard
    picture: ClipStill | PhotoPicture | VoicePicture
    take: Take


class _Session:
    """Everything that frames of one request are made with."""

    def __init__(self, performers: tuple[_Performer, ...], device: Device, stack: ExitStack) -> None:
        self._performers, self._device, self._stack = performers, device, stack
        self._lock = Lock()

    def frame(self, at: float, began: float) -> PreviewResult:
        with self._lock:
            opened = time.perf_counter()
            in_model, shown, seen = 0.0, None, False
            for performer in self._performers:
                item = performer.picture.frame_at(at)
                shown = item.frame if shown is None else shown
                if item.crop is None:
                    continue
                seen = True
                performer.picture.offer(item.crop)
                asked = time.perf_counter()
                face = next(iter(performer.take.render([item.frame.time])))
                in_model += time.perf_counter() - asked
                shown = composed_frame(RenderedFrame(shown, item.crop, face), performer.card)
            assert shown is not None
            return PreviewResult(
                pixels=shown.pixels,
                time=shown.time,
                seconds=time.perf_counter() - opened,
                model_seconds=in_model,
                setup_seconds=opened - began,
                model=self._performers[0].card.name,
                device=f"{self._device.torch_name} {self._device.precision}",
                face_found=seen,
            )

    def close(self) -> None:
        self._stack.close()


def _session_key(request: DubRequest) -> Hashable:
    values = tuple(repr(getattr(request, each.name)) for each in fields(request) if each.name not in _WRITING)
    files = (request.face, *(part.speech for part in request.cast))
    return (values, *(_file_key(path) for path in files if path is not None))


def _file_key(path: Path) -> Hashable:
    """Names a file's present content: another file in its place, or a change of it, gives another key.

    Raises:
        MediaError: the file is missing or cannot be read.
    """
    check_readable(path)
    state = path.stat()
    return str(path.absolute()), state.st_mtime_ns, state.st_size, state.st_ino
