"""Small real clips, encoded with PyAV alone, so that readers are not tested against our own writer."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

LEVEL_STEP = 3


def level(index: int) -> int:
    """The grey level that frame `index` of a made clip is filled with: it tells frames apart after lossy coding."""
    return 16 + LEVEL_STEP * (index % 70)


@pytest.fixture
def frame_number() -> Callable[[np.ndarray], int]:
    """Which frame of a made clip this picture is."""

    def number(pixels: np.ndarray) -> int:
        return round((float(pixels.mean()) - 16) / LEVEL_STEP)

    return number


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """Write a clip of flat grey frames and, if asked, of sound."""

    def make(
        name: str = "clip.mp4",
        *,
        pts: Sequence[int] = range(50),
        time_base: Fraction = Fraction(1, 25),
        rate: int = 25,
        size: tuple[int, int] = (64, 48),
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        options: dict[str, str] | None = None,
        sound: np.ndarray | None = None,
        sound_rate: int = 48_000,
        sound_codec: str = "aac",
        sound_start: int = 0,
        layout: str | None = None,
        rotation: tuple[int, bool] = (0, False),
        picture: np.ndarray | None = None,
        streams: int = 1,
        video: bool = True,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            pictures = []
            for _ in range(streams if video else 0):
                stream = container.add_stream(codec, rate=rate, options={"g": "12", **(options or {})})
                stream.width, stream.height, stream.pix_fmt = size[0], size[1], pixel_format
                stream.time_base = stream.codec_context.time_base = time_base
                if rotation != (0, False):
                    stream.set_display_rotation(rotation[0], hflip=rotation[1])
                pictures.append(stream)
            sounds = []
            for _ in range(streams if sound is not None else 0):
                names = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
                names_layout = layout or names[sound.shape[0]]
                sounds.append(container.add_stream(sound_codec, rate=sound_rate, layout=names_layout))
            for number, stream in enumerate(sounds):
                data = np.ascontiguousarray((sound / (number + 1)).T.reshape(1, -1), dtype=np.float32)
                frame = av.AudioFrame.from_ndarray(data, format="flt", layout=stream.codec_context.layout)
                frame.sample_rate, frame.pts, frame.time_base = sound_rate, sound_start, Fraction(1, sound_rate)
                container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
            for number, stream in enumerate(pictures):
                for index, tick in enumerate(pts):
                    flat = np.full((size[1], size[0], 3), level(index + 10 * number), np.uint8)
                    frame = av.VideoFrame.from_ndarray(flat if picture is None else picture)
                    frame.pts, frame.time_base = tick, time_base
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def clicks() -> Callable[..., np.ndarray]:
    """Silence with single loud samples at the given seconds: float32 `(channels, n)`."""

    def make(seconds: float, at: Sequence[float], rate: int = 48_000, channels: int = 1) -> np.ndarray:
        samples = np.zeros((channels, round(seconds * rate)), np.float32)
        samples[:, [round(time * rate) for time in at]] = 0.9
        return samples

    return make


@pytest.fixture
def click_times() -> Callable[[np.ndarray, int], list[float]]:
    """When clicks are heard: the loudest sample of every run of loud ones, in seconds."""

    def find(samples: np.ndarray, rate: int) -> list[float]:
        loud = np.abs(samples).max(axis=0)
        places = np.flatnonzero(loud > 0.3)
        groups = np.split(places, np.flatnonzero(np.diff(places) > rate // 100) + 1) if len(places) else []
        return [float(group[loud[group].argmax()]) / rate for group in groups]

    return find
