"""The largest resident size of a dub by the length of its clip, at 1920 x 1080.

python bench/memory.py [MINUTES ...]

While a dub runs, what it took so far is printed at every minute of its video.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread

import cv2
import numpy as np
import psutil
from dubs import dub, loop_speech
from report import SAMPLES, Table

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.segments import SegmentJoiner, SegmentSpan, SegmentWriter
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding

MINUTES = (1, 10, 60)
SIZE = 1920, 1080
SPEAKER, WALL = 720, 90
"""Side of the sample video in the picture, in pixels, and the grey of what is around it."""
RATE = Fraction(25)


def measure(minutes: tuple[int, ...] = MINUTES) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for length in minutes:
            video, speech = Path(folder) / f"{length}.mp4", Path(folder) / f"{length}.wav"
            long_clip(video, length * 60)
            loop_speech(SAMPLES / "speech.wav", speech, length * 60)
            output = Path(folder) / "out.mp4"
            with watched(output):
                done = dub(video, speech, output)
            rate = done["frames"] / done["seconds"]
            rows.append((f"{length} min", f"{done['peak_memory_mb']:.0f}", f"{done['frames']}", f"{rate:.1f}"))
            video.unlink()
    return Table(
        "Memory",
        "`talkface dub` of a clip of 1920 x 1080 with the default model on the CPU: its largest resident size.",
        ("clip", "peak memory (MB)", "frames", "frames a second"),
        tuple(rows),
    )


@contextmanager
def watched(output: Path) -> Iterator[None]:
    """Print how large this program's child was at every minute of video that it has finished."""
    ended = Event()

    def watch() -> None:
        largest, minute, journal = 0, 1, output.with_name(f"{output.name}.talkface") / "segments.jsonl"
        while not ended.wait(0.5):
            with suppress(psutil.Error):
                sizes = [child.memory_info().rss for child in psutil.Process().children()]
                largest = max(largest, *sizes, 0)
            with suppress(OSError, ValueError, IndexError, KeyError):
                reached = json.loads(journal.read_text().splitlines()[-1])["last_time"]
                if reached >= 60 * minute:
                    print(f"{int(reached) // 60} min: {largest / 2**20:.0f} MB", file=sys.stderr, flush=True)
                    minute = int(reached) // 60 + 1

    thread = Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def long_clip(path: Path, seconds: int) -> None:
    """The sample video, enlarged, before a wall, again and again; it is encoded once."""
    encoding = Encoding(preset="ultrafast", crf=23)
    with VideoReader(SAMPLES / "video.mp4") as reader:
        width, height = SIZE
        settings = replace(VideoSettings.like(reader.info), width=width, height=height, variable=False)
        piece = SegmentWriter(path.with_suffix(".seg"), path, settings, encoding)
        for frame in reader.frames():
            pixels = np.full((height, width, 3), WALL, np.uint8)
            left = (width - SPEAKER) // 2
            pixels[-SPEAKER:, left : left + SPEAKER] = cv2.resize(frame.pixels, (SPEAKER, SPEAKER))
            piece.write_frame(VideoFrame(pixels, frame.time, frame.index, frame.pts, frame.time_base))
        span = piece.finish()
    period = span.last - span.first + round(1 / (RATE * settings.clock))
    with SegmentJoiner(path, settings, None, encoding) as joiner:
        for number in range(-(-seconds * RATE // span.frames)):
            first = number * period
            joiner.append(piece.path, SegmentSpan(span.frames, first, first + span.last - span.first))
    piece.path.unlink()


if __name__ == "__main__":
    print(measure(tuple(map(int, sys.argv[1:])) or MINUTES).markdown())
