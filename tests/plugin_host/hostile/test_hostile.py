"""Plugins that crash, hang, take too much, lie and reach for what is not theirs: never more than one clear sentence."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from performing import QUICK, TIMES, Stage
from talkface_studio.api.errors import PluginError, TalkFaceError, WeightsError
from talkface_studio.api.values import Options
from talkface_studio.plugin_host.weights import file_sha256, resolve_weights
from talkface_studio.plugin_host.worker import isolation
from talkface_studio.plugin_host.worker.host.generator import IsolatedGenerator
from talkface_studio.plugin_host.worker.host.sandbox import Isolation
from worker_plugins import write_plugin

MIB = 2**20
UNCONFINED = Isolation(False, "this test looks at a machine without a sandbox")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what is limited here is limited on Linux")


@pytest.fixture(scope="module")
def scene(conformance_host) -> Iterator[Stage]:
    stage = Stage(conformance_host)
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield
    assert not [process for process in psutil.Process().children(recursive=True) if _is_worker(process)]
    assert not list(temporary.iterdir())


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "bootstrap.py" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def refused(stage: Stage, installed, limits=QUICK, found=None, kind=PluginError) -> str:
    """What the user is told when this plugin is used."""
    generator = stage.generator(installed, limits, found)
    try:
        with pytest.raises(kind) as caught:
            stage.frames(generator)
    finally:
        generator.close()
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(f"plugin {installed.manifest.name} 1.0: ")
    assert len(message) < 800
    return message


MADE = """
class Bad(Performance):
    def made(self, crop, time, loud):
        import {imports}
        import numpy as np
        {code}
Performance = Bad
"""


def made(code: str, imports: str = "os") -> str:
    """A generator whose frames are made by `code`."""
    return MADE.format(imports=imports, code=code)


WRITABLE = """
import os, fcntl
def writable():
    for fd in range(3, 40):
        try:
            if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                yield fd
        except OSError:
            pass
"""
"""Finds the pipe to the studio."""

CRASHES = {
    "segfault": (made("ctypes.string_at(0)", "ctypes"), r"was ended by SIGSEGV while it rendered the face at 1\.000 s"),
    "leaves": (made("os._exit(3)"), r"ended with code 3 while it rendered"),
    "exits": (made("sys.exit('bye')", "sys"), r"failed while it rendered the face at 1\.000 s: SystemExit: bye"),
    "loops": (made("while True: pass"), r"took longer than 1\.5 s and was ended while it rendered"),
    "closes its pipes": (
        made("[os.close(fd) for fd in writable()]; __import__('time').sleep(60)") + WRITABLE,
        "closed its connection|took longer than 1.5 s",
    ),
    "garbage in the pipe": (
        made("[os.write(fd, b'%PDF') and os.write(fd, bytes(90) + b'{}\\n') for fd in writable()]") + WRITABLE,
        "no message of a plugin",
    ),
    "asks without end": (
        """
class Bad(Performance):
    def made(self, crop, time, loud):
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(400) as pool:
            list(pool.map(lambda i: self.speech.samples(0, 4.0), range(10**6)))
Performance = Bad
""",
        "asks more than 256 things at once",
    ),
    "raises": (made("1 / 0"), "failed while it rendered the face at 1.000 s: ZeroDivisionError: division by zero"),
    "NaN pixels": (
        made("return RenderedFace(crop.pixels * np.float32('nan'), time)"),
        r"a face of float32 pixels, some of them not finite, for 1\.000 s, not of uint8",
    ),
    "NaN mask": (
        made("return RenderedFace(crop.pixels, time, np.full((128, 128), np.nan, np.float32))"),
        r"a mask with values outside 0\.\.1",
    ),
    "NaN landmarks": (
        made("return RenderedFace(crop.pixels, time, None, np.full((9, 2), np.nan, np.float32))"),
        "landmarks that are not finite",
    ),
    "one pixel": (
        made("return RenderedFace(crop.pixels[:1, :1], time)"),
        "a face of 1 x 1 x 3 pixels for 1.000 s, not of 128 x 128",
    ),
    "huge": (made("return RenderedFace(np.zeros((4000, 4000, 3), 'uint8'), time)"), "larger than the crops"),
    "no face": (made("return 'a face'"), "gave a str, not a RenderedFace"),
    "objects": (made("return RenderedFace(crop.pixels.astype(object), time)"), "gave a face of object"),
    "wrong time": (made("return RenderedFace(crop.pixels, time + 1)"), r"gave the face of 2\.000 s for 1\.000 s"),
    "import error": (
        "import no_such_module",
        "failed while it was loaded: ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "other rooms": ("import talkface_studio.cli", "talkface_studio.cli is not for plugins"),
    "hangs at import": ("import time\ntime.sleep(60)", r"took longer than 1 s and was ended while it was loaded"),
    "hangs at start": (
        "class Bad(Model):\n    def start(self, *args):\n        while True: pass\nModel = Bad",
        r"took longer than 1\.5 s and was ended while it started a take",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CRASHES)
def test_whatever_it_does_the_user_reads_one_sentence(name, scene, tmp_path):
    more, expected = CRASHES[name]
    limits = replace(QUICK, load=1.0 if name == "hangs at import" else QUICK.load, start=1.5)
    message = refused(scene, write_plugin(tmp_path, "bad-one", more), limits)
    assert re.search(expected, message), message


def test_a_process_that_hangs_with_the_interpreter_locked_is_noticed(scene, tmp_path):
    installed = write_plugin(tmp_path, "bad-one", made("ctypes.PyDLL(None).pause()", "ctypes"))
    message = refused(scene, installed, replace(QUICK, frame=60, patience=1.5))
    assert "did not answer for 1.5 s and was ended" in message


@LINUX
def test_twenty_gigabytes_are_refused_before_anything_is_taken(scene, tmp_path):
    message = refused(scene, write_plugin(tmp_path, "bad-one", made("bytearray(20 * 2**30)")))
    assert "failed while it rendered the face at 1.000 s: MemoryError" in message


def test_memory_beyond_the_limit_ends_the_process(scene, tmp_path):
    code = "kept = [bytearray(os.urandom(2**20) * 32) for _ in range(200)]"
    limits = replace(QUICK, memory=400 * MIB, frame=30, memory_watch=0.02)
    message = refused(scene, write_plugin(tmp_path, "bad-one", made(code)), limits)
    assert "GiB of memory, may have 0.4, and was ended" in message


def test_reading_without_end_is_stopped(scene, tmp_path):
    installed = write_plugin(
        tmp_path,
        "bad-one",
        "class Bad(Performance):\n    def render(self, times):\n        list(times)\nPerformance = Bad",
    )
    generator = scene.generator(installed)
    with (
        scene.take(generator) as take,
        pytest.raises(PluginError, match=r"more than 1\.1 s of instants ahead, its card"),
    ):
        list(take.render(n / 25 for n in range(10**9)))
    generator.close()


def test_too_few_faces_are_noticed(scene, tmp_path):
    installed = write_plugin(
        tmp_path,
        "bad-one",
        "class Bad(Performance):\n    def render(self, times):\n"
        "        return super().render(list(times)[:3])\nPerformance = Bad",
    )
    assert "gave no face for 1.120 s" in refused(scene, installed)


FLOOD = """
import sys, threading, logging
def flood():
    while True:
        print("{" * 70)
        sys.stderr.write("x" * 100_000)
        logging.warning("again")
threading.Thread(target=flood, daemon=True).start()
"""


def test_printing_without_end_disturbs_nobody_else(scene, tmp_path):
    generator = scene.generator(write_plugin(tmp_path, "bad-one", FLOOD), replace(QUICK, frame=30))
    gaps: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            began = time.perf_counter()
            done.wait(0.005)
            gaps.append(time.perf_counter() - began)

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        with scene.take(generator) as take:
            assert [face.time for face in take.render(TIMES)] == TIMES
    finally:
        done.set()
        ticking.join()
        generator.close()
    assert sorted(gaps)[len(gaps) // 2] < 0.1


ASKS = """
class Busy(Performance):
    def made(self, crop, time, loud):
        for _ in range(250):
            self.speech.samples(time, time + 0.001)
        return super().made(crop, time, loud)
Performance = Busy
"""


def test_ten_thousand_messages_leave_the_faces_as_they_are(scene, tmp_path):
    plain = scene.generator(write_plugin(tmp_path / "plain", "bad-one"))
    busy = scene.generator(write_plugin(tmp_path / "busy", "bad-one", ASKS), replace(QUICK, frame=60))
    one, other = scene.frames(plain), scene.frames(busy)
    plain.close()
    busy.close()
    assert len(one) == len(TIMES)
    assert all((a.pixels == b.pixels).all() for a, b in zip(one, other, strict=True))


STAYS = """
import os, sys, time
READ, WRITE = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize("found", [None, UNCONFINED], ids=["as found", "unconfined"])
def test_a_child_that_was_left_behind_is_ended(found, scene, tmp_path):
    generator = scene.generator(write_plugin(tmp_path, "bad-one", STAYS), QUICK, found)
    with scene.take(generator) as take:
        assert len(list(take.render(TIMES))) == len(TIMES)
        there = [process for process in psutil.process_iter() if _runs(process, generator)]
    generator.close()
    assert there
    _, alive = psutil.wait_procs(there, timeout=5)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def _runs(process: psutil.Process, generator: IsolatedGenerator) -> bool:
    try:
        return str(generator.installed.site) in process.cmdline()
    except psutil.Error:
        return False


def test_it_writes_nowhere_but_where_it_may(scene, tmp_path):
    allowed, outside = tmp_path / "allowed", tmp_path / "outside"
    allowed.mkdir()
    outside.mkdir()
    code = f"open({str(allowed / 'yes')!r}, 'w').close(); open({str(outside / 'no')!r}, 'w').close()"
    installed = write_plugin(tmp_path / "plugin", "bad-one", made(code), folders=(str(allowed),))
    if isolation().enforced:
        message = refused(scene, installed)
        assert "Error: [Errno" in message
        assert not list(outside.iterdir())
    else:
        assert "not enforced" in str(isolation())
        refused(scene, installed)
    assert (allowed / "yes").exists()


def test_its_own_files_are_read_only(scene, tmp_path):
    installed = write_plugin(tmp_path, "bad-one", made("open(__file__, 'a').write('#')"))
    before = file_sha256(installed.package / "generator.py")
    refused(scene, installed)
    if isolation().enforced:
        assert file_sha256(installed.package / "generator.py") == before


def test_it_reaches_no_network_that_it_was_not_allowed(scene, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        code = f"socket.create_connection(('127.0.0.1', {port}), 1).close(); return super().made(crop, time, loud)"
        installed = write_plugin(tmp_path / "shut", "bad-one", made(code, "socket"))
        if isolation().enforced:
            assert "ConnectionRefusedError" in refused(scene, installed)
            with pytest.raises(TimeoutError):
                server.accept()
        else:
            assert "not enforced" in str(isolation())
        opened = write_plugin(tmp_path / "open", "bad-one", made(code, "socket"), network=True)
        generator = scene.generator(opened)
        assert len(scene.frames(generator)) == len(TIMES)
        generator.close()


def test_it_sees_neither_variables_nor_files_of_the_user(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "secret")
    home = Path.home()
    seen = f"os.environ.get('MY_API_KEY'), os.path.exists({str(home / '.bashrc')!r}), os.environ['HOME']"
    code = f"raise ValueError([{seen}])"
    message = refused(scene, write_plugin(tmp_path, "bad-one", made(code)))
    assert "ValueError: [None, " in message
    assert f"'{home}'" not in message
    if isolation().enforced:
        assert "[None, False, '/tmp']" in message


WEIGHTS = """
[[generator.weights]]
name = "network"
preset = "compact"
path = "network.safetensors"
sha256 = "{digest}"
size = {size}
"""


def with_weights(folder: Path, content: bytes):
    """A plugin that ships these weights, with their hash in its card."""
    card = WEIGHTS.format(digest=hashlib.sha256(content).hexdigest(), size=len(content))
    installed = write_plugin(folder, "bad-one", card=card)
    installed.package.joinpath("network.safetensors").write_bytes(content)
    return installed


def test_weights_that_were_changed_are_refused(tmp_path):
    installed = with_weights(tmp_path, (2).to_bytes(8, "little") + b"{}")
    installed.package.joinpath("network.safetensors").write_bytes((2).to_bytes(8, "little") + b"[]")
    with pytest.raises(WeightsError, match="bad-one"):
        resolve_weights(
            installed.manifest.card("bad-one"), "compact", plugin_folder=installed.package, weights_folder=tmp_path
        )


def test_weights_that_are_a_pickle_are_refused(scene, tmp_path):
    installed = with_weights(tmp_path, pickle.dumps({"weight": [1.0]}))
    generator = scene.generator(installed)
    weights = resolve_weights(generator.card, "compact", plugin_folder=installed.package, weights_folder=tmp_path)
    with pytest.raises(WeightsError, match="but a pickle, which could run code"):
        scene.frames(generator, Options(weights=weights))


def test_a_newer_contract_is_refused(tmp_path):
    with pytest.raises(TalkFaceError, match="version 99 of the plugin contract"):
        write_plugin(tmp_path, "bad-one", api_version=99)


def test_nothing_it_may_do_ends_us(scene, tmp_path):
    """A worker whose parent would die with it: signals to the studio, by number and by group."""
    code = "import signal; os.kill(os.getppid(), signal.SIGTERM); os.killpg(0, signal.SIGKILL)"
    if not isolation().enforced:
        pytest.skip(f"{isolation()}: a plugin of the same user may end what it likes")
    assert "was ended by SIGKILL" in refused(scene, write_plugin(tmp_path, "bad-one", made(code)))
    assert psutil.pid_exists(os.getpid())
