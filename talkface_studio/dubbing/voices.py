"""The voices of a dub: opened once each, and as the speech of a role."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.cast import Line, Role
from talkface_studio.dubbing.soundtrack import Soundtrack, Voice
from talkface_studio.media.audio import AudioReader
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.track import ChunkStore, SpeechTrack
from talkface_studio.speech.vad import require_speech


class VoiceFiles:
    """The files that are heard, each of them open once; `stack` closes them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Path, AudioReader] = {}

    def __getitem__(self, path: Path) -> AudioReader:
        if path not in self._open:
            self._open[path] = self._stack.enter_context(AudioReader(path))
        return self._open[path]


class SpokenLines:
    """Several lines as one speech on the clip's own time, silent between them; an `AudioSource`."""

    def __init__(self, lines: tuple[Line, ...], files: VoiceFiles, duration: float) -> None:
        """`duration` is where it ends, in seconds."""
        self._track = Soundtrack([voice_of(line, files) for line in lines])
        self.rate, self.channels, self.duration = self._track.rate, self._track.channels, duration

    def read(self, start: float, end: float) -> AudioClip:
        """See `AudioSource.read`."""
        first = round(start * self.rate)
        return self._track.read(first, first + max(0, round((end - start) * self.rate)))


def voice_of(line: Line, files: VoiceFiles) -> Voice:
    """A line as the soundtrack has it."""
    return Voice(files[line.part.speech], line.start, line.end, line.part.audio_offset)


def role_speech(
    role: Role,
    files: VoiceFiles,
    encoders: EncoderRegistry,
    *,
    until: float | None = None,
    kept: ChunkStore | None = None,
) -> SpeechTrack:
    """What a role says.

    Args:
        role: whose speech it is.
        files: the voices.
        encoders: the networks that listen.
        until: for a face that is seen outside its lines too: where that ends. There it hears silence; else it hears
            each speech beyond the ends of its line.
        kept: features of all that the role says, from before.

    Raises:
        SpeechError: in one of the files nobody speaks.
    """
    for line in {line.part.speech: line for line in role.lines}.values():
        path = line.part.speech
        if len(role.lines) == 1 and until is None:
            alone = SpeechTrack(files[path], offset=line.offset, encoders=encoders, kept=kept)
            require_speech(alone, path)
            return alone
        require_speech(SpeechTrack(files[path], encoders=encoders), path)
    spoken = SpokenLines(role.lines, files, role.end if until is None else until)
    return SpeechTrack(spoken, encoders=encoders, kept=kept)
