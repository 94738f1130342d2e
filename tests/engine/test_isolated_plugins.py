"""A plugin that the user installed from a wheel, in previews and exports, also when its process is killed."""

from __future__ import annotations

import psutil
import pytest

from plugin_packages import build_wheel, write_plugin
from talkface_studio.api.errors import ExportInterruptedError
from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.engine.protocol.questions import Preview, StartJob
from talkface_studio.media.probe import probe
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing.installer import Installer
from talkface_studio.plugin_host.installing.uv import PackageSource

from .conftest import SAMPLES, Watched


@pytest.fixture
def home(tmp_path):
    """A user's folder with the plugin "darkener" installed."""
    wheel = build_wheel(write_plugin(tmp_path / "source"), tmp_path / "wheels", "1.0")
    installer = Installer(
        folders=Folders.under(tmp_path / "home"),
        packages=PackageSource(cache=tmp_path / "uv", offline=True, folders=()),
        trial=lambda plugin: None,
        agree=lambda candidate: True,
        report=lambda words: None,
    )
    installer.install(str(wheel))
    return tmp_path / "home"


def workers(pid: int) -> list[psutil.Process]:
    """The interpreters that run plugins for this engine."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        command = process.cmdline()
        if "python" in command[0] and any(word.endswith("bootstrap.py") for word in command):
            found.append(process)
    return found


def test_a_killed_plugin_costs_a_segment_and_neither_the_engine_nor_the_job(home, photo_dub, tmp_path):
    dub = {**photo_dub, "speech": str(SAMPLES / "speech.wav"), "model": "darkener"}
    with EngineClient(EngineSettings(home=home, load_ahead=False)) as client:
        engine = Watched(client)
        dubbed = engine.answer(Preview(dub=dub, time=1.0))
        plain = engine.answer(Preview(dub={**dub, "model": "atvg"}, time=1.0))
        assert dubbed.frame.making is not None
        assert dubbed.frame.making.model == "darkener"
        assert sum(dubbed.pixels) < sum(plain.pixels)
        pid = client.pid
        engine.answer(StartJob(job="film", dub=dub))
        journal = tmp_path / "out.mp4.talkface" / "segments.jsonl"
        engine.wait(lambda event: getattr(event, "job", "") == "film" and journal.exists() and journal.read_bytes())
        for process in workers(pid):
            process.kill()
        failed = engine.job("film", "failed", "finished")
        assert failed.state == "failed"
        assert failed.kind == ExportInterruptedError.__name__
        assert failed.message.startswith("plugin darkener 1.0: was ended by SIGKILL")
        assert failed.message.endswith("are kept in out.mp4.talkface, and the same command goes on from there")
        assert len(failed.message.splitlines()) == 1
        finished = len(journal.read_text().splitlines())
        assert client.pid == pid
        engine.answer(Preview(dub=dub, time=2.0))
        client.resume("film").result(60)
        done = engine.job("film", "finished", "failed")
        assert done.state == "finished", done.message
        assert done.result["resumed_segments"] >= finished
        assert probe(tmp_path / "out.mp4").videos[0].frames == done.total
