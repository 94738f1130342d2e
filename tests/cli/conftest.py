"""A studio with one toy model, its own home, and small media to give it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

import talkface_studio
import toy_plugins
from command_line import Answer, Talkface
from talkface_studio.cli.main import run
from talkface_studio.plugin_host import catalog as catalog_module
from talkface_studio.plugin_host import discovery

SPEECH = Path(talkface_studio.__file__).parent / "pytest_data" / "speech.wav"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path for plugins; the plugins of the machine are not seen."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delenv("TALKFACE_SAFE", raising=False)

    def only_ours() -> tuple[discovery.FoundPlugin, ...]:
        return tuple(plugin for plugin in discovery.find_plugins() if (folder / f"{plugin.reference}.py").exists())

    monkeypatch.setattr(catalog_module, "find_plugins", only_ours)
    yield folder
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
            del sys.modules[name]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folders, empty."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TALKFACE_HOME", str(folder))
    return folder


@pytest.fixture
def talkface(site: Path, home: Path, capfd: pytest.CaptureFixture[str]) -> Talkface:
    """Run a command line in this process."""

    def call(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def toy(site: Path) -> str:
    """A model that darkens the mouth: its name."""
    toy_plugins.install_model(site, "toy")
    return "toy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where media lie and outputs go."""
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


@pytest.fixture
def portrait(folder: Path) -> Path:
    """A photo of a face, 256 x 256."""
    path = folder / "portrait.png"
    Image.fromarray(np.ascontiguousarray(astronaut()[0:256, 96:352])).save(path)
    return path


@pytest.fixture
def speech(folder: Path) -> Path:
    """Speech of 4 s."""
    return Path(shutil.copy(SPEECH, folder / "speech.wav"))


@pytest.fixture
def clip(folder: Path) -> Path:
    """A second of the face, moving, with a tone."""
    path = folder / "clip.mp4"
    picture = astronaut()
    tone = np.sin(np.arange(24_000) * 0.05).astype(np.float32)[None] * 0.3
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 240, 240, "yuv420p"
        sound = container.add_stream("aac", rate=24_000, layout="mono")
        for number in range(24):
            view = np.ascontiguousarray(picture[0:240, 96 + number // 4 : 336 + number // 4])
            frame = av.VideoFrame.from_ndarray(view, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(video.encode(frame))
        samples = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        samples.rate, samples.pts, samples.time_base = 24_000, 0, Fraction(1, 24_000)
        container.mux(sound.encode(samples))
        container.mux(video.encode())
        container.mux(sound.encode())
    return path


@pytest.fixture
def environment(site: Path, home: Path) -> Mapping[str, str]:
    """For processes of their own: the toy model's folder on the path, one thread."""
    support = Path(__file__).parents[1] / "support"
    path = os.pathsep.join([str(site), str(support)])
    return {**os.environ, "PYTHONPATH": path, "TALKFACE_HOME": str(home), "OMP_NUM_THREADS": "1"}
