"""Encoding and muxing, streaming: frames and samples in, a whole file or none out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import av
import av.error
from av.container import OutputContainer

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.media.codecs import Encoding, find_audio_codec, find_video_codec
from talkface_studio.media.destination import Destination, write_error
from talkface_studio.media.encoders import AudioEncoder, AudioSettings, VideoEncoder, VideoSettings

__all__ = ["AudioSettings", "Encoding", "MediaWriter", "VideoSettings"]

FINEST_CLOCK = 1_000_000
"""Ticks per second up to which an MP4's clock is that of its pictures."""


class MediaWriter:
    """Writes one video stream and, if asked, one audio stream.

    Frames keep their own times: variable frame rates survive (exactly in MP4 and MOV; Matroska and WebM round to
    milliseconds). Audio starts at time 0 of the same axis; what is missing of it is filled with silence. Packets go to
    disk as they come. The output appears under its name only when `finish` succeeds. Used as a context manager it
    finishes at the end of the block, and leaves nothing behind after an error. Frames and samples may come from two
    threads.
    """

    def __init__(
        self,
        path: Path,
        video: VideoSettings,
        audio: AudioSettings | None = None,
        encoding: Encoding | None = None,
    ) -> None:
        """Open the output; its suffix decides the container.

        Raises:
            ExportError: the folder is missing or read-only, `path` is a folder, or the codec, its options, its
                container or the size do not go together.
        """
        encoding = encoding or Encoding()
        video_codec = find_video_codec(encoding.codec, path)
        options = video_codec.encoder_options(encoding)
        audio_codec = find_audio_codec(encoding.audio_codec, path) if audio else None
        self._lock = Lock()
        self._finished = False
        self._container: OutputContainer | None = None
        self._destination = Destination(path)
        with self._guard():
            self._container = av.open(
                str(self._destination.temporary.resolve()), "w", container_options=_mux_options(path, video)
            )
            self._video = VideoEncoder(self._container, video, video_codec, options)
            self._audio: AudioEncoder | None = None
            if audio is not None and audio_codec is not None:
                self._audio = AudioEncoder(self._container, audio, audio_codec, encoding.audio_bitrate)
            self._container.start_encoding()

    @property
    def path(self) -> Path:
        """Where the output will be."""
        return self._destination.path

    def write_frame(self, frame: VideoFrame) -> None:
        """Append a frame; its `time` (seconds, 0 or later) must be later than the last one's.

        Raises:
            ExportError: the disk is full, the time does not rise, or the size is not the one announced.
        """
        with self._guard():
            self._muxer().mux(self._video.encode(frame))

    def write_audio(self, clip: AudioClip) -> None:
        """Append sound; clips come in order of time and do not overlap (a sample of rounding is forgiven).

        Raises:
            ExportError: the disk is full, the clip overlaps the last one, or it has other channels than announced.
        """
        with self._guard():
            container = self._muxer()
            if self._audio is None:
                raise ExportError(f"{self.path}: was opened without sound, but sound was written to it")
            for packets in self._audio.encode(clip):
                container.mux(packets)

    def finish(self) -> Path:
        """Write what is left, move the file into place, and give its path. Calling it twice is allowed.

        Raises:
            ExportError: no frame was written, or the disk is full.
        """
        if self._finished:
            return self.path
        with self._guard():
            container = self._muxer()
            if self._video.count == 0:
                raise ExportError(f"{self.path}: not a single frame was written, so there is nothing to save")
            container.mux(self._video.flush())
            if self._audio is not None:
                container.mux(self._audio.flush())
            container.close()
            self._container = None
            self._destination.publish()
            self._finished = True
        return self.path

    def abort(self) -> None:
        """Give up and remove what was written; a file that was there before stays. Harmless after `finish`."""
        container, self._container = self._container, None
        if container is not None:
            # Whatever stops the trailer from being written does not matter to a file that is thrown away.
            with suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
        self._destination.discard()

    def __enter__(self) -> Self:
        """A writer is a context manager: it finishes at the end of the block, and aborts after an error."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.abort()
        elif self._container is not None:
            self.finish()

    def _muxer(self) -> OutputContainer:
        if self._container is None:
            raise ExportError(f"{self.path}: was finished or given up, nothing more can be written to it")
        return self._container

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """One thread at a time; whatever goes wrong ends the output and is told in one line."""
        with self._lock:
            try:
                yield
            except ExportError:
                self.abort()
                raise
            except (av.error.FFmpegError, OSError, ValueError) as error:
                self.abort()
                raise write_error(self.path, error) from error
            except BaseException:
                self.abort()
                raise


def _mux_options(path: Path, video: VideoSettings) -> dict[str, str]:
    if path.suffix.lower() not in {".mp4", ".mov"}:
        return {}
    # Where pictures start after the sound, MP4 counts the wait in the movie's clock, by default in milliseconds only.
    clock = video.clock.denominator
    clock *= -(-1000 // clock)
    # With the index in front, players and browsers start before the whole file has arrived.
    return {"movflags": "+faststart", "movie_timescale": str(clock if clock <= FINEST_CLOCK else 90_000)}
