"""How long the engine takes to start and to show a frame, from asking to the pixels in the asking process."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from report import SAMPLES, Table

from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.engine.protocol.questions import FindFaces, ListJobs, Picture, Preview, ShowSource
from talkface_studio.media.video import VideoReader

GROUP = 250
"""Frames from one key frame to the next, x264's default."""
MODELS = ("ltfg-gan", "atvg")


def measure() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.mp4"
        write_long_clip(long)
        with EngineClient(EngineSettings(home=Path(folder), load_ahead=False)) as client:
            began = time.perf_counter()
            client.ask(ListJobs()).result()
            hello = time.perf_counter() - began
            rows = [("start to the first answer", f"{hello * 1000:.0f} ms")]
            rows += source_rows(client, long)
            previews = Table(
                "Previews",
                "`Preview` questions to a running engine, from asking to the pixels. *Rest* is all but the model: "
                "decoding with seeking, finding and smoothing the face, pasting, both ways between the processes; the "
                "median and the slowest of 12 instants up to 4 s apart, where no face was looked for before. *First* "
                "includes loading the model and finding the references.",
                ("face", "model", "first", "model", "rest", "slowest rest", "next frame, rest"),
                tuple(
                    preview_row(client, face, name, model)
                    for model in MODELS
                    for face, name in (
                        (SAMPLES / "portrait.jpg", "portrait.jpg"),
                        (SAMPLES / "video.mp4", "video.mp4"),
                        (long, f"1280 x 720, a key frame every {GROUP} frames"),
                    )
                ),
            )
    note = f"A clip of 1280 x 720 with a key frame every {GROUP} frames; nothing held at first."
    return [Table("Engine", note, ("what", "time"), tuple(rows)), previews]


def source_rows(client: EngineClient, clip: Path) -> Iterable[tuple[str, str]]:
    def shown(at: float) -> float:
        began = time.perf_counter()
        client.ask(ShowSource(path=clip, time=at)).result()
        return (time.perf_counter() - began) * 1000

    shown(0.0)
    yield "a source frame 9.6 s behind a key frame", f"{shown(9.6):.0f} ms"
    back = [shown(9.6 - step * 0.04) for step in range(1, 40)]
    yield "stepping back from there, a frame", f"{statistics.median(back):.0f} ms"
    client.ask(FindFaces(path=clip, time=9.0)).result()
    began = time.perf_counter()
    futures = [client.ask(ShowSource(path=clip, time=5 + step * 0.05, longest=640)) for step in range(50)]
    futures[-1].result()
    made = sum(not future.cancelled() for future in futures)
    yield "the last of 50 source frames asked at once", f"{(time.perf_counter() - began) * 1000:.0f} ms, {made} shown"


def preview_row(client: EngineClient, face: Path, name: str, model: str) -> tuple[str, ...]:
    dub = {"face": str(face), "speech": str(SAMPLES / "speech.wav"), "output": "none.mp4", "model": model}

    def asked(at: float) -> tuple[Picture, float]:
        began = time.perf_counter()
        picture = client.ask(Preview(dub=dub, time=at)).result()
        return picture, time.perf_counter() - began

    def rest(at: float) -> tuple[float, float]:
        picture, seconds = asked(at)
        making = picture.frame.making
        assert making is not None
        return making.model_seconds * 1000, (seconds - making.model_seconds) * 1000

    _, first = asked(1.0)
    rest(1.4)
    far = [rest(2.0 + at) for at in np.random.default_rng(1).uniform(0, 4, 12)]
    rest(6.4)
    near = [rest(6.4 + step * 0.04) for step in range(1, 8)]
    return (
        name,
        model,
        f"{first:.1f} s",
        f"{statistics.median(model_ms for model_ms, _ in far):.0f} ms",
        f"{statistics.median(rest_ms for _, rest_ms in far):.0f} ms",
        f"{max(rest_ms for _, rest_ms in far):.0f} ms",
        f"{statistics.median(rest_ms for _, rest_ms in near):.0f} ms",
    )


def write_long_clip(path: Path, seconds: int = 20) -> None:
    """The sample video, enlarged, back and forth, 1280 x 720 at 25 frames a second."""
    with VideoReader(SAMPLES / "video.mp4") as reader:
        frames = [frame.pixels for frame in reader.frames(0.0, 4.0)]
    options = {"g": str(GROUP), "keyint_min": str(GROUP), "sc_threshold": "0", "preset": "veryfast"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(25 * seconds):
            place = number % (2 * len(frames) - 2)
            picture = np.full((720, 1280, 3), 80, np.uint8)
            picture[:, 280:1000] = cv2.resize(frames[min(place, 2 * len(frames) - 2 - place)], (720, 720))
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


if __name__ == "__main__":
    print("\n".join(table.markdown() for table in measure()))
