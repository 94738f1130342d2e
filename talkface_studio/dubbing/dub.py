"""Dubs one clip: from a request to a finished file, or to as much of it as could be made."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import psutil

from talkface_studio.api.errors import ExportInterruptedError, JobCancelledError, TalkFaceError
from talkface_studio.api.values import VideoFrame
from talkface_studio.dubbing.channel import Cancel, Job
from talkface_studio.dubbing.device import beside_other_stages
from talkface_studio.dubbing.encoder import until_encoded, working_encoding
from talkface_studio.dubbing.export import Export, ExportSettings, frames_per_segment
from talkface_studio.dubbing.export_folder import ExportFolder
from talkface_studio.dubbing.heap import keep_heap_small
from talkface_studio.dubbing.label import labelled
from talkface_studio.dubbing.pipeline import add_picture_stages, behind, on_output_time
from talkface_studio.dubbing.request import DubRequest, DubResult, Progress
from talkface_studio.dubbing.session import (
    Session,
    export_manifest,
    open_prepared,
    prepare,
)
from talkface_studio.dubbing.sound import dub_sound, open_soundtrack, output_sound
from talkface_studio.dubbing.soundtrack import Soundtrack
from talkface_studio.media.codecs import find_video_codec, in_software, is_sequence, is_sound
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.writer import MediaWriter
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who asked for a dub, and when."""

    began: float
    progress: Callable[[Progress], None] | None
    cancel: Cancel | None
    notice: Callable[[str], None]


def dub(
    request: DubRequest,
    catalog: Catalog,
    folders: Folders,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: Cancel | None = None,
    notice: Callable[[str], None] = lambda _: None,
) -> DubResult:
    """Dub one clip into `request.output`, which appears only when it is complete.

    What is finished is kept beside it (see `export_folder`) until then, and the same request goes on from there.
    `progress` is called from the encoding thread after each frame; `notice` is told in a line what the user should
    know.

    Raises:
        ExportInterruptedError: it stopped on its way, and something is kept.
        TalkFaceError: the subclass and the message say what is wrong and what to do. Nothing is left behind.
        JobCancelledError: `cancel` was used.
    """
    began = time.perf_counter()
    told: list[str] = []

    def note(line: str) -> None:
        told.append(line)
        notice(line)

    keep_heap_small()
    job = {"model": request.model, "face": str(request.face), "speech": str(request.speech)}
    job["output"] = str(request.output)
    catalog.job_started(job)
    try:
        result = _dub(request, catalog, folders, _Caller(began, progress, cancel, note))
    except Exception as error:
        catalog.job_finished(job, error=error)
        raise
    result = replace(result, notices=tuple(told))
    catalog.job_finished(job, result.to_dict())
    return result


def _dub(
    request: DubRequest,
    catalog: Catalog,
    folders: Folders,
    caller: _Caller,
) -> DubResult:
    if is_sound(request.output):
        return dub_sound(request, caller.progress)
    prepared = prepare(request, catalog, folders, writes=True, cancel=caller.cancel)
    request = prepared.request
    codec = find_video_codec(in_software(request.encoding.codec), request.output)
    if is_sequence(request.output) or not codec.joins:
        with ExitStack() as stack:
            return _run_at_once(request, open_prepared(prepared, catalog, folders, stack), caller)
    manifest = export_manifest(prepared, catalog)

    def run(encoding: Encoding) -> DubResult:
        with ExitStack() as stack:
            session = open_prepared(prepared, catalog, folders, stack)
            return _run(replace(request, encoding=encoding), session, folder, caller)

    with ExportFolder(request.output, manifest, mode=request.resume, notice=caller.notice) as folder:
        try:
            return until_encoded(run, request.encoding, folder, caller.notice)
        except KeyboardInterrupt:
            if folder.segments:
                raise JobCancelledError(f"interrupted; {_kept(folder)}") from None
            raise
        except JobCancelledError as error:
            if folder.segments:
                raise JobCancelledError(f"cancelled; {_kept(folder)}") from error
            raise
        except TalkFaceError as error:
            if folder.segments:
                raise ExportInterruptedError(f"{error}; {_kept(folder)}") from error
            raise


def _kept(folder: ExportFolder) -> str:
    last = folder.segments[-1]
    seconds = last.last_time + last.interval
    return f"the first {seconds:.1f} s are kept in {folder.path.name}, and the same command goes on from there"


def _run(
    request: DubRequest,
    session: Session,
    folder: ExportFolder,
    caller: _Caller,
) -> DubResult:
    picture, resumed = session.picture, folder.frames
    job = Job(caller.cancel)

    def tell(done: int) -> None:
        if caller.progress is not None:
            seconds = time.perf_counter() - caller.began
            caller.progress(Progress(done, max(picture.total, done), seconds, resumed))

    with ExitStack() as stack:
        track = open_soundtrack(request, session.inputs, stack, picture.origin)
        settings = _export_settings(request, session, track)
        encoding = working_encoding(settings.encoding, settings.video, folder, caller.notice)
        settings = replace(settings, encoding=encoding)
        export = Export(job, folder, settings, track, tell)
        if folder.complete:
            export.add_stages(())
        else:
            frames = add_picture_stages(
                job,
                session,
                behind=behind(folder.until, picture.origin),
                index=folder.frames,
                window=settings.segment,
                without_face=export.without_face,
            )
            export.add_stages(_output_frames(request, frames, picture.origin))
        with beside_other_stages():
            job.run()
        folder.publish(export.assembled)
    return DubResult(
        output=request.output,
        model=session.card.name,
        device=f"{session.device.torch_name} {session.device.precision}",
        frames=export.frames,
        fps=export.frames / export.duration if export.duration else 0.0,
        duration=export.duration,
        seconds=time.perf_counter() - caller.began,
        stages=job.busy,
        peak_memory_mb=peak_memory_mb(),
        faces=_faces_document(session),
        frames_without_face=sum(segment.without_face for segment in folder.segments),
        resumed_segments=len(export.resumed),
        codec=encoding.codec,
    )


def _run_at_once(request: DubRequest, session: Session, caller: _Caller) -> DubResult:
    """Write an output that cannot be joined of segments: pictures and short animations. Nothing of it is kept."""
    picture, job = session.picture, Job(caller.cancel)
    without_face: set[int] = set()
    written, last, interval = 0, 0.0, 1 / float(picture.settings.frame_rate)
    with ExitStack() as stack:
        track = open_soundtrack(request, session.inputs, stack, picture.origin)
        settings = _export_settings(request, session, track)
        writer = stack.enter_context(MediaWriter(request.output, settings.video, None, settings.encoding))
        frames = add_picture_stages(
            job, session, behind=-math.inf, index=0, window=settings.segment, without_face=without_face
        )

        def encode() -> None:
            nonlocal written, last, interval
            for frame in _output_frames(request, frames, picture.origin):
                with job.timed("encode"):
                    writer.write_frame(frame)
                interval, last = (frame.time - last, frame.time) if written else (interval, frame.time)
                written += 1
                if caller.progress is not None:
                    seconds = time.perf_counter() - caller.began
                    caller.progress(Progress(written, max(picture.total, written), seconds))

        job.stage("encode", encode)
        with beside_other_stages():
            job.run()
        writer.finish()
    duration = last + interval
    return DubResult(
        output=request.output,
        model=session.card.name,
        device=f"{session.device.torch_name} {session.device.precision}",
        frames=written,
        fps=written / duration,
        duration=duration,
        seconds=time.perf_counter() - caller.began,
        stages=job.busy,
        peak_memory_mb=peak_memory_mb(),
        faces=_faces_document(session),
        frames_without_face=len(without_face),
        codec=request.encoding.codec,
    )


def _output_frames(request: DubRequest, frames: Iterable[VideoFrame], origin: float) -> Iterable[VideoFrame]:
    placed = on_output_time(frames, origin)
    return labelled(placed) if request.label else placed


def _export_settings(request: DubRequest, session: Session, track: Soundtrack) -> ExportSettings:
    video, sound = session.picture.settings, output_sound(request, session.inputs, track)
    return ExportSettings(video, sound.settings, sound.encoding, frames_per_segment(float(video.frame_rate)))


def _faces_document(session: Session) -> Mapping[str, Any]:
    """The face that was dubbed; with several, all of them as `parts` too."""
    cast = [chosen.document() for chosen in session.picture.cast]
    return cast[0] if len(cast) == 1 else {**cast[0], "parts": cast}


def peak_memory_mb() -> float:
    """Largest resident size that this process had, in MiB."""
    info = psutil.Process().memory_info()
    peak = getattr(info, "peak_wset", 0)
    if not peak:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return float(peak) / 2**20
