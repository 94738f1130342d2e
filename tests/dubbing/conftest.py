import sys
from pathlib import Path

import numpy as np
import pytest

import toy_plugins
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.export_folder import ExportFolder
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter
from talkface_studio.plugin_host.catalog import load_catalog
from talkface_studio.plugin_host.discovery import find_plugins
from talkface_studio.plugin_host.folders import Folders

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.fixture(scope="session")
def catalog():
    return load_catalog(third_party=False)


@pytest.fixture
def toy_catalog(tmp_path, monkeypatch):
    """A model that darkens the mouth, and does nothing else that takes time."""
    yield from installed(tmp_path / "site", monkeypatch, "toy")


@pytest.fixture
def asking_catalog(tmp_path, monkeypatch):
    """The same, which can use three pictures of the person, and with an option five."""
    option = '[[options]]\nname = "look"\nkind = "boolean"\ndefault = false\nreferences = 5\nhelp = "Look."'
    yield from installed(tmp_path / "site", monkeypatch, "asking", more="references = 3", tables=option)


def installed(site, monkeypatch, name, **card):
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    toy_plugins.install_model(site, name, **card)
    found = [plugin for plugin in find_plugins() if (site / f"{plugin.reference}.py").exists()]
    yield load_catalog(found=found)
    sys.modules.pop(f"{name}_plugin", None)


@pytest.fixture
def folders(tmp_path):
    return Folders.under(tmp_path / "home")


@pytest.fixture
def interrupt(monkeypatch, toy_catalog, folders):
    """Run an export until a segment is finished, and cancel it; gives what it said."""

    def run(request):
        cancel, commit = Cancel(), ExportFolder.commit

        def commit_and_cancel(self, segment):
            cancel.cancel()
            return commit(self, segment)

        with monkeypatch.context() as patch:
            patch.setattr(ExportFolder, "commit", commit_and_cancel)
            with pytest.raises(JobCancelledError) as caught:
                dub(request, toy_catalog, folders, cancel=cancel)
        return str(caught.value)

    return run


@pytest.fixture(scope="session")
def voice(tmp_path_factory):
    """The first 1.6 seconds of the sample speech, at 22.05 kHz."""
    import wave

    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    with AudioReader(SAMPLES / "speech.wav") as reader:
        samples = reader.read(0.0, 1.6).samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes((samples[0] * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """30 frames at uneven times with a tone; the frames 10 to 12 show no face."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with VideoReader(SAMPLES / "video.mp4") as reader:
        settings = VideoSettings.like(reader.info)
        frames = [frame.pixels for frame in reader.frames(0.0, 1.199)]
    times = np.cumsum([0, *([1 / 25, 1 / 20] * 15)])[: len(frames)]
    height, width = frames[0].shape[:2]
    from dataclasses import replace

    from talkface_studio.api.values import VideoFrame

    settings = replace(settings, time_base=None, variable=True)
    with MediaWriter(path, settings, AudioSettings(rate=48_000, channels=2), Encoding(crf=12)) as writer:
        for index, pixels in enumerate(frames):
            shown = np.full((height, width, 3), 90, np.uint8) if 10 <= index < 22 else pixels
            writer.write_frame(VideoFrame(shown, float(times[index]), index))
        tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(round(48_000 * times[-1])) / 48_000)
        writer.write_audio(AudioClip(np.tile(tone.astype(np.float32), (2, 1)), 48_000))
    return path
