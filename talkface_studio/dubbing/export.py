"""The last stages of a dub: frames into segments, segments and sound into the output.

The encoder of a segment finishes in a thread of its own while the next segment is begun, so that none of its look-ahead
is waited for, unless pictures are so large that two encoders would take too much memory. Finished segments are joined
with the sound while others are made, so that little is left to do after the last frame.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from talkface_studio.api.values import VideoFrame
from talkface_studio.dubbing.channel import Channel, Job
from talkface_studio.dubbing.export_folder import ExportFolder, Segment
from talkface_studio.dubbing.heap import give_back
from talkface_studio.dubbing.sound import write_sound
from talkface_studio.dubbing.soundtrack import Soundtrack
from talkface_studio.media.codecs import in_software
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.segments import SegmentJoiner, SegmentWriter
from talkface_studio.media.spliced_sound import SplicedSound
from talkface_studio.media.stored_sound import StoredSound
from talkface_studio.media.writer import Encoding

SEGMENT_SECONDS = 2.0
_MULTIPLE = 16
"""Of frames in a segment: models render in groups that this is a multiple of, so that none is left with a rest."""
_USUAL_INTERVAL = 0.04
_LARGE = 1920 * 1080
"""Pixels from which memory comes before speed: an encoder, 150 MB, has to be gone before the next one is opened."""


def frames_per_segment(rate: float) -> int:
    """How many frames make a segment of about `SEGMENT_SECONDS`."""
    return max(1, round(rate * SEGMENT_SECONDS / _MULTIPLE)) * _MULTIPLE


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What the output is like."""

    video: VideoSettings
    audio: AudioSettings | StoredSound | SplicedSound
    encoding: Encoding
    segment: int
    """Frames of a segment."""


@dataclass(slots=True)
class _Open:
    """A segment that is being encoded."""

    number: int
    writer: SegmentWriter
    last_time: float = 0.0
    interval: float = _USUAL_INTERVAL
    without_face: int = 0


class Export:
    """Writes one output by way of its folder. Frames come in order, the first one behind what is finished."""

    def __init__(
        self,
        job: Job,
        folder: ExportFolder,
        settings: ExportSettings,
        track: Soundtrack,
        progress: Callable[[int], None],
    ) -> None:
        self._job, self._folder, self._settings, self._track = job, folder, settings, track
        self._progress = progress
        self._sound_written = 0
        self._sealing: Channel[_Open] = job.channel(1)
        self._large = settings.video.width * settings.video.height >= _LARGE
        # Devices open few encoders at once, the joiner's included.
        in_hardware = in_software(settings.encoding.codec) != settings.encoding.codec
        self._encoders: Channel[None] = job.channel(1 if self._large or in_hardware else 2)
        self._sealed: Channel[Segment] = job.channel(1 << 30)
        self.resumed = tuple(folder.segments)
        self.without_face: set[int] = set()
        """Numbers of the frames that were to be dubbed and show no face; stages before this one add to it."""
        self.assembled = folder.path / f"whole{folder.output.suffix}"

    @property
    def frames(self) -> int:
        """How many frames are in finished segments."""
        return self._folder.frames

    @property
    def duration(self) -> float:
        """Where the last frame of the finished segments ends, in seconds."""
        last = self._folder.segments[-1:]
        return last[0].last_time + last[0].interval if last else 0.0

    def add_stages(self, frames: Iterable[VideoFrame]) -> None:
        """Add the stages that take these frames."""
        self._job.stage("encode", lambda: self._encode(frames))
        self._job.stage("seal", self._seal)
        self._job.stage("assemble", self._assemble)

    def _encode(self, frames: Iterable[VideoFrame]) -> None:
        current: _Open | None = None
        done = self.frames
        try:
            for frame in frames:
                number = frame.index // self._settings.segment
                if current is None or number != current.number:
                    before, current = current, None
                    current = self._next(number, before)
                with self._job.timed("encode"):
                    current.writer.write_frame(frame)
                done += 1
                self._follow(current, frame, first=done == 1)
                self._progress(done)
            if current is not None:
                self._sealing.put(current)
                current = None
            self._sealing.close()
        finally:
            if current is not None:
                current.writer.abort()

    def _next(self, number: int, before: _Open | None) -> _Open:
        if before is not None:
            self._sealing.put(before)
        # Taken out again when a segment is finished, so that this waits for it.
        self._encoders.put(None)
        last: _Open | Segment | None = before or next(iter(self._folder.segments[-1:]), None)
        shift = before.writer.shift if before is not None else self.resumed[-1].shift if self.resumed else None
        with self._job.timed("encode"):
            writer = SegmentWriter(
                self._folder.unfinished_path(number),
                self._folder.output,
                self._settings.video,
                self._settings.encoding,
                shift=shift,
            )
        opened = _Open(number, writer)
        if last is not None:
            opened.last_time, opened.interval = last.last_time, last.interval
        return opened

    def _follow(self, segment: _Open, frame: VideoFrame, *, first: bool) -> None:
        if not first:
            segment.interval = frame.time - segment.last_time
        segment.last_time = frame.time
        segment.without_face += frame.index in self.without_face
        self.without_face.discard(frame.index)

    def _seal(self) -> None:
        done = iter(self._encoders)
        with _encoders_freed():
            for opened in self._sealing:
                self._sealed.put(self._finished(opened))
                gc.collect()
                if self._large:
                    give_back()
                next(done)
        self._folder.finish()
        self._sealed.close()

    def _finished(self, opened: _Open) -> Segment:
        with self._job.timed("seal"):
            span = opened.writer.finish()
            segment = Segment(
                number=opened.number,
                file="",
                sha256="",
                frames=span.frames,
                first=span.first,
                last=span.last,
                shift=opened.writer.shift,
                last_time=opened.last_time,
                interval=opened.interval,
                without_face=opened.without_face,
                codec=self._settings.encoding.codec,
            )
            return self._folder.commit(segment)

    def _assemble(self) -> None:
        settings = self._settings
        with SegmentJoiner(self.assembled, settings.video, settings.audio, settings.encoding) as joiner:
            for segment in chain(self.resumed, self._sealed):
                with self._job.timed("assemble"):
                    joiner.append(self._folder.segment_path(segment), segment.span)
                    self._write_sound(joiner, segment.last_time)
            with self._job.timed("assemble"):
                self._write_sound(joiner, self.duration)
                joiner.finish()

    def _write_sound(self, joiner: SegmentJoiner, until: float) -> None:
        self._sound_written = write_sound(joiner, self._track, self._sound_written, until)


@contextmanager
def _encoders_freed() -> Iterator[None]:
    """Make it cheap to look for garbage again and again.

    PyAV's containers and streams refer to each other, so that an encoder, tens of megabytes that Python does not see,
    stays until the collector looks. What lives already, a million objects of libraries, need not be looked at.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
