"""How long a frame of the editor's timeline takes: 200 segments over an hour of media, 1600 x 300 pixels."""

from __future__ import annotations

import os
import statistics
import time
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from report import SAMPLES, Table, machine

from talkface_studio.engine.protocol.questions import (
    FaceBox,
    Faces,
    FindFaces,
    FindSpeech,
    Frame,
    Peaks,
    Picture,
    SpeechRegions,
    Thumbnail,
    Waveform,
)
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts
from talkface_studio.project.document.timeline import Clip, Lane, Marker, Segment, TimeRange
from talkface_studio.project.project import Project

HOUR = 3600.0
SEGMENTS = 200
FRAMES = 40


def speech_peaks(rate: float) -> Peaks:
    """The sample speech over and over, for an hour."""
    with wave.open(str(SAMPLES / "speech.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)[:: file.getnchannels()]
        step = int(file.getframerate() / rate)
    blocks = samples[: len(samples) // step * step].reshape(-1, step) >> 8
    low, high = (np.resize(v.astype(np.int8), int(HOUR * rate)).tobytes() for v in (blocks.min(1), blocks.max(1)))
    return Peaks(rate=rate, duration=HOUR, low=low, high=high)


def answer(question: object) -> object:
    match question:
        case Waveform(rate=rate):
            return speech_peaks(rate)
        case FindSpeech():
            return SpeechRegions(duration=HOUR, regions=tuple((t + 0.5, t + 6.5) for t in range(0, int(HOUR), 8)))
        case FindFaces():
            face = FaceBox(person=0, box=(40, 20, 90, 80), score=0.9)
            return Faces(time=0.0, width=160, height=90, faces=(face,))
        case Thumbnail():
            frame = Frame(slot=0, width=160, height=90, full_width=160, full_height=90, time=0.0)
            return Picture(frame, bytes(range(240)) * 180)
    raise TypeError(type(question).__name__)


def ask(question: object, done: Callable[[object], object], _failed: object) -> None:
    done(answer(question))


def document() -> Document:
    facts = MediaFacts(duration=HOUR, width=1920, height=1080, frame_rate=Fraction(25), has_sound=True)
    video = Media(path=Path("/media/talk.mp4"), kind="video", facts=facts)
    voices = [Media(path=Path(f"/media/voice{i}.wav"), kind="audio", facts=facts) for i in range(3)]
    lanes = [Lane(name=name) for name in ("Anna", "Ben", "Cleo")]
    length = HOUR * 3 / SEGMENTS
    segments = [
        Segment(
            lane=lanes[i % 3].id,
            media=voices[i % 3].id,
            start=i // 3 * length,
            end=i // 3 * length + length * 0.9,
            offset=i // 3 * length,
            muted=i % 11 == 0,
        )
        for i in range(SEGMENTS)
    ]
    clips = [Clip(media=video.id, start=i * 360.0, end=(i + 1) * 360.0, offset=i * 360.0) for i in range(10)]
    return Document(
        media=(video, *voices), lanes=tuple(lanes), segments=tuple(segments), clips=tuple(clips),
        markers=tuple(Marker(time=i * 60.0, name=f"Part {i}") for i in range(20)),
        range=TimeRange(start=5.0, end=3500.0),
    )  # fmt: skip


def paint_times(view: TimelineView, change: Callable[[int], object]) -> list[float]:
    """Milliseconds of processor time of each of many full repaints; `change` comes before each and is not counted."""
    image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    times = []
    for index in range(FRAMES):
        change(index)
        began = time.thread_time()
        view.viewport().render(image)
        times.append((time.thread_time() - began) * 1000)
    return times


def measure() -> Table:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    project = Project(document())
    theme = Theme(app, "dark")
    view = TimelineView(project, theme, ask)
    view.resize(1600, 300)
    view.show()
    bar = view.horizontalScrollBar().sizeHint().height()
    view.resize(1600, 300 + bar)
    project.select([segment.id for segment in project.document.segments[:5]])
    rows = []

    def row(name: str, change: Callable[[int], object]) -> None:
        times = paint_times(view, change)[5:]
        rows.append((name, f"{statistics.median(times):.1f} ms", f"{sorted(times)[int(len(times) * 0.95)]:.1f} ms"))

    for name, seconds in (("the whole hour", HOUR), ("ten minutes", 600.0), ("half a minute", 30.0)):
        project.look(zoom=1600 / seconds, scroll=0.0 if seconds == HOUR else 600.0)
        row(f"{name}, standing still", lambda _index: None)
    project.look(zoom=1600 / 600, scroll=0.0)
    row("ten minutes, scrolling", lambda index: project.look(scroll=index * 20.0))
    row("zooming in from the whole hour", lambda index: project.look(zoom=1600 / HOUR * 1.12**index, scroll=0.0))
    return Table(
        "The timeline",
        f"Full repaints of {view.viewport().width()} x {view.viewport().height()} pixels without a screen; "
        f"{SEGMENTS} segments, {int(HOUR / 60)} minutes.",
        ("what is shown", "median", "95 %"),
        tuple(rows),
    )


if __name__ == "__main__":
    print(machine())
    print(measure().markdown())
