"""The sound of a dub: what it is made of, whether it can be copied, and dubs of sound alone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise

from talkface_studio.dubbing.inputs import (
    Inputs,
    check_encoding,
    check_output,
    inspect_inputs,
    output_length,
    part_range,
)
from talkface_studio.dubbing.request import DubRequest, DubResult, Progress
from talkface_studio.dubbing.soundtrack import Soundtrack, Voice
from talkface_studio.dubbing.voices import VoiceFiles
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.probe import AudioInfo
from talkface_studio.media.spliced_sound import SplicedSound, can_splice
from talkface_studio.media.stored_sound import StoredSound, can_copy, lossless_codec
from talkface_studio.media.writer import MediaWriter


@dataclass(frozen=True, slots=True)
class OutputSound:
    """What a `MediaWriter` is to be opened with."""

    settings: AudioSettings | StoredSound | SplicedSound
    encoding: Encoding


def open_soundtrack(request: DubRequest, inputs: Inputs, stack: ExitStack, origin: float = 0.0) -> Soundtrack:
    """The sound of the output, which begins `origin` seconds into the clip; `stack` closes its files."""
    files, voices = VoiceFiles(stack), []
    for part, sound in zip(request.cast, inputs.speeches, strict=True):
        start, end = part_range(request, part, sound)
        voices.append(Voice(files[part.speech], start, end, part.audio_offset))
    source = None
    if _source_info(request, inputs) is not None and request.face is not None:
        source = stack.enter_context(AudioReader(request.face))
    return Soundtrack(voices, source=source, origin=origin)


def output_sound(request: DubRequest, inputs: Inputs, track: Soundtrack) -> OutputSound:
    """How the sound gets into the output: copied as it is stored where nothing but the speech is heard, else encoded.

    Around a part that is dubbed, AAC is copied packet by packet. What was lossless stays so where the container allows.
    Without its beginning, sound is encoded: packets do not begin where pictures do.
    """
    encoding, speech, source = request.encoding, inputs.speeches[0].audios[0], _source_info(request, inputs)
    ranges = [part_range(request, *each) for each in zip(request.cast, inputs.speeches, strict=True)]
    begins = ranges[0][0] + request.cast[0].audio_offset
    free = encoding.copy_audio and encoding.audio_codec is None and not request.trim_start
    alone = source is None and len(ranges) == 1 and math.isinf(ranges[0][1]) and begins >= 0
    if free and alone and can_copy(speech, request.output):
        return OutputSound(StoredSound(request.cast[0].speech, start=begins), encoding)
    if free and source is not None and request.face is not None and can_splice(request.face, request.output):
        start, end = min(first for first, _ in ranges), max(last for _, last in ranges)
        return OutputSound(SplicedSound(request.face, start, end, encoding.audio_bitrate), encoding)
    codec = encoding.audio_codec or lossless_codec(source or speech, request.output)
    settings = AudioSettings(rate=track.rate, channels=track.channels, layout=track.layout)
    return OutputSound(settings, replace(encoding, audio_codec=codec))


def write_sound(writer: MediaWriter, track: Soundtrack, written: int, until: float) -> int:
    """Write the sound up to `until` seconds, `written` samples of which are there, and give how many are then."""
    if writer.copies_audio:
        writer.copy_audio(until)
        return written
    stop = round(until * track.rate)
    for first, last in pairwise([*range(written, stop, track.rate), stop]):
        writer.write_audio(track.read(first, last))
    return max(stop, written)


def dub_sound(request: DubRequest, progress: Callable[[Progress], None] | None = None) -> DubResult:
    """Write the sound of a dub without its pictures; no model is asked.

    Raises:
        TalkFaceError: an input cannot be read or the output not be written. Nothing is left behind.
    """
    began = time.perf_counter()
    inputs = inspect_inputs(request)
    check_output(request)
    check_encoding(request, inputs)
    length = output_length(request, inputs)
    with ExitStack() as stack:
        track = open_soundtrack(request, inputs, stack, request.trim_start or 0.0)
        sound = output_sound(request, inputs, track)
        writer = stack.enter_context(MediaWriter(request.output, None, sound.settings, sound.encoding))
        written = 0
        for second in range(1, int(length) + 2):
            written = write_sound(writer, track, written, min(float(second), length))
            if progress is not None:
                progress(Progress(second, int(length) + 1, time.perf_counter() - began))
        writer.finish()
    return DubResult(
        output=request.output,
        model="none",
        device="cpu",
        frames=0,
        fps=0.0,
        duration=length,
        seconds=time.perf_counter() - began,
        stages={},
        peak_memory_mb=0.0,
        faces={},
        frames_without_face=0,
    )


def _source_info(request: DubRequest, inputs: Inputs) -> AudioInfo | None:
    """The source's sound where it is heard: outside the range that is dubbed."""
    part = request.cast[0]
    partial = bool(request.parts) or part.start is not None or part.end is not None
    return inputs.face.audios[0] if partial and inputs.face is not None and inputs.face.audios else None
