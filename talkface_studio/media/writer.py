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
from talkface_studio.media.codecs import (
    container_of,
    find_audio_codec,
    find_video_codec,
    holds_sound,
    is_sequence,
    is_sound,
)
from talkface_studio.media.destination import Destination, SequenceDestination, write_error
from talkface_studio.media.encoders import AudioEncoder, AudioSettings, VideoEncoder, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.spliced_sound import SoundSplicer, SplicedSound
from talkface_studio.media.stored_sound import SoundCopier, StoredSound

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
        video: VideoSettings | None,
        audio: AudioSettings | StoredSound | SplicedSound | None = None,
        encoding: Encoding | None = None,
    ) -> None:
        """Open the output; its suffix decides the container. Without `video` it holds sound alone.

        Sound that cannot be held (GIF, WebP, pictures) is left out.

        Raises:
            ExportError: the folder is missing or read-only, `path` is a folder, or the codec, its options, its
                container or the size do not go together.
        """
        encoding = encoding or Encoding()
        self._lock = Lock()
        self._finished = False
        self._container: OutputContainer | None = None
        self._video: VideoEncoder | None = None
        self._audio: AudioEncoder | SoundCopier | SoundSplicer | None = None
        if video is None and not is_sound(path):
            raise ExportError(f"{path}: a .{container_of(path)} file needs pictures; use .wav, .flac, .m4a or .opus")
        if video is not None:
            video = video.within(encoding.size)
            video_codec = find_video_codec(encoding.codec, path)
            options = video_codec.encoder_options(encoding)
        audio = audio if holds_sound(path) else None
        audio_codec = find_audio_codec(encoding.audio_codec, path) if isinstance(audio, AudioSettings) else None
        self._destination = SequenceDestination(path) if is_sequence(path) else Destination(path)
        with self._guard():
            name = str(self._destination.temporary.resolve())
            kind = "image2" if is_sequence(path) else None
            container = av.open(name, "w", format=kind, container_options=_mux_options(path, video))
            self._container = container
            if video is not None:
                self._video = VideoEncoder(container, video, video_codec, options)
            if isinstance(audio, AudioSettings) and audio_codec is not None:
                self._audio = AudioEncoder(container, audio, audio_codec, encoding.audio_bitrate)
            elif isinstance(audio, StoredSound):
                self._audio = SoundCopier(container, audio)
            elif isinstance(audio, SplicedSound):
                self._audio = SoundSplicer(container, audio)
            container.start_encoding()

    @property
    def path(self) -> Path:
        """Where the output will be."""
        return self._destination.path

    @property
    def copies_audio(self) -> bool:
        """Whether sound is copied with `copy_audio` instead of written with `write_audio`."""
        return isinstance(self._audio, SoundCopier)

    def write_frame(self, frame: VideoFrame) -> None:
        """Append a frame; its `time` (seconds, 0 or later) must be later than the last one's.

        Raises:
            ExportError: the disk is full, the time does not rise, or the size is not the one announced.
        """
        with self._guard():
            self._muxer().mux(self._pictures.encode(frame))

    def write_audio(self, clip: AudioClip) -> None:
        """Append sound; clips come in order of time and do not overlap (a sample of rounding is forgiven).

        Raises:
            ExportError: the disk is full, the clip overlaps the last one, or it has other channels than announced.
        """
        with self._guard():
            container = self._muxer()
            if not holds_sound(self.path):
                return
            if self._audio is None or isinstance(self._audio, SoundCopier):
                raise ExportError(f"{self.path}: was opened without sound, but sound was written to it")
            for packets in self._audio.encode(clip):
                container.mux(packets)

    def copy_audio(self, until: float) -> None:
        """Append the packets of stored sound that begin before `until` seconds.

        Raises:
            ExportError: the disk is full, or the writer was not opened with stored sound.
        """
        with self._guard():
            container = self._muxer()
            if not holds_sound(self.path):
                return
            if not isinstance(self._audio, SoundCopier):
                raise ExportError(f"{self.path}: was opened without stored sound")
            for packet in self._audio.packets(until):
                container.mux(packet)

    def finish(self) -> Path:
        """Write what is left, move the file into place, and give its path. Calling it twice is allowed.

        Raises:
            ExportError: no frame was written, or the disk is full.
        """
        if self._finished:
            return self.path
        with self._guard():
            container = self._muxer()
            if self._video is not None and self._video.count == 0:
                raise ExportError(f"{self.path}: not a single frame was written, so there is nothing to save")
            if self._video is not None:
                container.mux(self._video.flush())
            if self._audio is not None and not isinstance(self._audio, SoundCopier):
                container.mux(self._audio.flush())
            container.close()
            self._container = None
            self._close_sound()
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
        self._close_sound()
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

    @property
    def _pictures(self) -> VideoEncoder:
        if self._video is None:
            raise ExportError(f"{self.path}: was opened without pictures, but a picture was written to it")
        return self._video

    def _close_sound(self) -> None:
        if isinstance(self._audio, SoundCopier | SoundSplicer):
            self._audio.close()

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


def _mux_options(path: Path, video: VideoSettings | None) -> dict[str, str]:
    if path.suffix.lower() == ".m4a":
        return {"movflags": "+faststart"}
    if video is None or path.suffix.lower() not in {".mp4", ".mov"}:
        return {}
    # Where pictures start after the sound, MP4 counts the wait in the movie's clock, by default in milliseconds only.
    clock = video.clock.denominator
    clock *= -(-1000 // clock)
    # With the index in front, players and browsers start before the whole file has arrived.
    return {"movflags": "+faststart", "movie_timescale": str(clock if clock <= FINEST_CLOCK else 90_000)}
