"""Dubs one clip: checks the request, opens everything, and runs the stages to a finished file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from threading import Thread

import psutil

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TalkFaceError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import Device, VideoFrame
from talkface_studio.dubbing.channel import Cancel, Channel, Job
from talkface_studio.dubbing.device import choose_device
from talkface_studio.dubbing.faces import FacedFrame, RenderedFrame
from talkface_studio.dubbing.inputs import Inputs, check_output, inspect_inputs
from talkface_studio.dubbing.picture import ClipPicture, PhotoPicture
from talkface_studio.dubbing.render import render_frames
from talkface_studio.dubbing.request import DubRequest, DubResult, Progress
from talkface_studio.dubbing.soundtrack import Soundtrack
from talkface_studio.faces.paste import paste_face
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings
from talkface_studio.media.writer import Encoding, MediaWriter
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.speech.vad import require_speech

FRAMES_AHEAD = 6
"""Frames that may wait between two stages."""
FACE_GAP = 1.0
"""Seconds without the face after which a take's window ends."""


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a dub or a preview needs, opened."""

    card: ModelCard
    device: Device
    picture: PhotoPicture | ClipPicture
    take: Take
    inputs: Inputs


def dub(
    request: DubRequest,
    catalog: Catalog,
    folders: Folders,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: Cancel | None = None,
) -> DubResult:
    """Dub one clip into `request.output`, which appears only when it is complete.

    `progress` is called from the encoding thread after each frame.

    Raises:
        TalkFaceError: the subclass and the message say what is wrong and what to do. Nothing is left behind.
        JobCancelledError: `cancel` was used.
    """
    began = time.perf_counter()
    job = {"model": request.model, "face": str(request.face), "speech": str(request.speech)}
    job["output"] = str(request.output)
    catalog.job_started(job)
    try:
        with ExitStack() as stack:
            session = open_session(request, catalog, folders, stack)
            result = _run(request, session, began, progress, cancel)
    except Exception as error:
        catalog.job_finished(job, error=error)
        raise
    catalog.job_finished(job, result.to_dict())
    return result


def open_session(
    request: DubRequest, catalog: Catalog, folders: Folders, stack: ExitStack, *, writes: bool = True
) -> Session:
    """Check a request and open its inputs, model and face; `stack` closes them.

    Raises:
        TalkFaceError: something about the request cannot work; cheap checks come first.
    """
    inputs = inspect_inputs(request)
    if writes:
        check_output(request)
    card = catalog.choose(inputs.kinds, request.model)
    options = catalog.options(
        card.name, request.options, preset=request.preset, seed=request.seed, weights_folder=folders.weights
    )
    device = choose_device(request.device, request.precision)
    reader = stack.enter_context(AudioReader(request.speech))
    offset = (request.start or 0.0) + request.audio_offset
    speech = SpeechTrack(reader, offset=offset, encoder_folder=folders.encoders, device=device)
    require_speech(speech, request.speech)
    stack.enter_context(_encoders_loading(speech, card))
    picture = _open_picture(request, inputs, card, speech.duration)
    stack.callback(picture.close)
    generator = catalog.generator(card.name)
    stack.callback(generator.close)
    take = stack.enter_context(generator.start(speech, picture.face, options, device))
    return Session(card, device, picture, take, inputs)


@contextmanager
def _encoders_loading(speech: SpeechTrack, card: ModelCard) -> Iterator[None]:
    """Load the speech encoders that the model needs while the face is looked for: either takes seconds."""

    def load() -> None:
        # What is missing is reported when the model asks for it.
        with suppress(TalkFaceError):
            for kind in card.speech_features:
                speech.features(kind, 0.0, 0.0)

    thread = Thread(target=load, name="encoders")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _open_picture(request: DubRequest, inputs: Inputs, card: ModelCard, duration: float) -> PhotoPicture | ClipPicture:
    face = inputs.require_face()
    if face.kind == "photo":
        return PhotoPicture(face.path, request.face_choice, card.crop, duration)
    return ClipPicture(face.path, request, card.crop, card.references, duration)


def _run(
    request: DubRequest,
    session: Session,
    began: float,
    progress: Callable[[Progress], None] | None,
    cancel: Cancel | None,
) -> DubResult:
    picture = session.picture
    job = Job(cancel)
    decoded: Channel[VideoFrame] = job.channel(FRAMES_AHEAD)
    faced: Channel[FacedFrame] = job.channel(FRAMES_AHEAD)
    rendered: Channel[RenderedFrame] = job.channel(FRAMES_AHEAD)
    composed: Channel[VideoFrame] = job.channel(FRAMES_AHEAD)
    missing = 0

    def count_missing(item: FacedFrame) -> FacedFrame:
        nonlocal missing
        missing += item.in_range and item.crop is None
        return item

    def tell(done: int) -> None:
        if progress is not None:
            progress(Progress(done, max(picture.total, done), time.perf_counter() - began))

    def render() -> None:
        frames = render_frames(session.take, faced, picture.offer, gap=FACE_GAP)
        job.pump("render", frames, rendered)

    def compose(item: RenderedFrame) -> VideoFrame:
        return composed_frame(item, session.card)

    job.stage("decode", lambda: job.pump("decode", picture.frames(), decoded))
    job.stage("faces", lambda: job.pump("faces", map(count_missing, picture.faced(decoded)), faced))
    job.stage("render", render)
    job.stage("compose", lambda: job.pump("compose", map(compose, rendered), composed))
    with ExitStack() as stack:
        track = _soundtrack(request, session, stack)
        sink = _Sink(job, composed, track, tell)
        writer = stack.enter_context(_open_writer(request, session, track))
        job.stage("encode", lambda: sink.drain(writer))
        job.run()
        with job.timed("encode"):
            writer.finish()
    return DubResult(
        output=request.output,
        model=session.card.name,
        device=f"{session.device.torch_name} {session.device.precision}",
        frames=sink.frames,
        fps=sink.frames / sink.duration if sink.duration else 0.0,
        duration=sink.duration,
        seconds=time.perf_counter() - began,
        stages=job.busy,
        peak_memory_mb=peak_memory_mb(),
        faces=picture.chosen.document(),
        frames_without_face=missing,
    )


def composed_frame(item: RenderedFrame, card: ModelCard) -> VideoFrame:
    """The frame with its rendered face pasted in, or as it is."""
    if item.crop is None or item.face is None:
        return item.frame
    pixels = paste_face(item.frame.pixels, item.crop, item.face, card.region)
    frame = item.frame
    return VideoFrame(pixels, frame.time, frame.index, frame.pts, frame.time_base)


def _soundtrack(request: DubRequest, session: Session, stack: ExitStack) -> Soundtrack:
    reader = stack.enter_context(AudioReader(request.speech))
    partial = request.start is not None or request.end is not None
    source = None
    if partial and session.inputs.face is not None and session.inputs.face.audios and request.face is not None:
        source = stack.enter_context(AudioReader(request.face))
    return Soundtrack(
        reader,
        source=source,
        start=request.start or 0.0,
        end=float("inf") if request.end is None else request.end,
        offset=request.audio_offset,
    )


def _open_writer(request: DubRequest, session: Session, track: Soundtrack) -> MediaWriter:
    info = session.inputs.speech.audios[0]
    audio = AudioSettings(rate=track.rate, channels=track.channels, layout=info.layout)
    return MediaWriter(request.output, session.picture.settings, audio, Encoding(codec=request.codec, crf=request.crf))


class _Sink:
    """The last stage: writes frames and, beside them, the sound up to the same instant."""

    def __init__(
        self,
        job: Job,
        frames: Channel[VideoFrame],
        track: Soundtrack,
        progress: Callable[[int], None],
    ) -> None:
        self._job, self._source, self._track = job, frames, track
        self._progress = progress
        self._written = 0
        self.frames = 0
        self.duration = 0.0

    def drain(self, writer: MediaWriter) -> None:
        """Write everything that comes."""
        last, interval = 0.0, 0.04
        for frame in self._source:
            with self._job.timed("encode"):
                writer.write_frame(frame)
                self._write_sound(writer, frame.time)
            if self.frames:
                interval = frame.time - last
            last = frame.time
            self.frames += 1
            self._progress(self.frames)
        self.duration = last + interval if self.frames else 0.0
        with self._job.timed("encode"):
            self._write_sound(writer, self.duration)

    def _write_sound(self, writer: MediaWriter, until: float) -> None:
        stop = round(until * self._track.rate)
        edges = [*range(self._written, stop, self._track.rate), stop]
        for first, last in pairwise(edges):
            writer.write_audio(self._track.read(first, last))
        self._written = max(stop, self._written)


def peak_memory_mb() -> float:
    """Largest resident size that this process had, in MiB."""
    info = psutil.Process().memory_info()
    peak = getattr(info, "peak_wset", 0)
    if not peak:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return float(peak) / 2**20
