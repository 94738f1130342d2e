"""The engine's process as whoever starts it sees it: its first words, its patience with nonsense, its end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings

from talkface_studio.api.errors import EngineError
from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.engine.protocol.questions import Devices, ListJobs, Probe
from talkface_studio.ipc.codec import MAX_LINE

from .test_protocol import MALFORMED

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
ENGINE = [sys.executable, "-P", "-m", "talkface_studio.engine", "--idle"]
HELLO = b'{"type":"hello","version":1,"program":"test"}\n'


@pytest.fixture(scope="module")
def process():
    """An engine without a client, after its hello."""
    pipe = subprocess.PIPE
    with subprocess.Popen(ENGINE, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as running:
        say(running, HELLO)
        assert hear(running)["type"] == "hello"
        yield running
        running.stdin.close()
        assert running.wait(20) == 0


def say(process, data):
    process.stdin.write(data)
    process.stdin.flush()


def hear(process):
    return json.loads(process.stdout.readline())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MALFORMED)
def test_nonsense_is_answered_and_survived(process, line):
    say(process, line.replace(b"\n", b"") + b"\n" + b'{"type":"ping","number":5}\n')
    while (answer := hear(process)) != {"type": "pong", "number": 5}:
        assert answer["type"] in {"failure", "pong", "reply"}, answer


def test_a_line_without_end_is_survived(process):
    say(process, b"x" * (MAX_LINE + 10) + b"\n" + b'{"type":"ping","number":6}\n')
    assert hear(process)["kind"] == "ProtocolError"
    assert hear(process) == {"type": "pong", "number": 6}


def test_errors_are_one_line_with_their_kind(process):
    for question, kind in (
        ({"type": "probe", "path": "/no/such.mp4"}, "MediaError"),
        ({"type": "preview", "dub": {"face": "a"}, "time": 1.0}, "TalkFaceError"),
        ({"type": "start-job", "job": "j", "dub": {"zoom": 2}}, "TalkFaceError"),
        ({"type": "cancel-job", "job": "none"}, "ExportError"),
        ({"type": "probe"}, "ProtocolError"),
        ({"type": "wat"}, "ProtocolError"),
    ):
        say(process, json.dumps({"type": "request", "id": 3, "question": question}).encode() + b"\n")
        answer = hear(process)
        assert (answer["type"], answer["id"], answer["kind"]) == ("failure", 3, kind)
        assert len(answer["message"].splitlines()) == 1


@pytest.mark.parametrize("first", [b'{"type":"hello","version":99,"program":"other 9"}\n', b"GET / HTTP/1.1\n"])
def test_a_client_of_another_version_is_told_so(first):
    done = subprocess.run(ENGINE, input=first, capture_output=True, timeout=60, check=False)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["type"], answer["version"]) == (2, "refusal", 1)
    assert "version" in answer["message"]


FAKE = """
import sys, time
sys.stdin.readline()
print({line!r}, flush=True)
time.sleep({seconds})
sys.exit(3)
"""


def client_of(line, *, seconds=0, **settings):
    command = (sys.executable, "-c", FAKE.format(line=line, seconds=seconds))
    return EngineClient(EngineSettings(command=command, **settings))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"type":"hello","version":99,"program":"engine 9"}', "engine 9 speaks version 99"),
        ("Segmentation fault", "no engine"),
        ('{"type":"hello","version":1,"program":"short-lived"}', "ended, with code 3"),
    ],
)
def test_an_engine_that_cannot_be_used_is_given_up_with_its_reason(line, reason):
    with client_of(line, restarts=1) as client:
        future = client.ask(Devices())
        with pytest.raises(EngineError, match=reason):
            future.result(60)


def test_a_program_that_is_missing_is_given_up():
    with (
        EngineClient(EngineSettings(command=("/no/such/engine",), restarts=0)) as client,
        pytest.raises(EngineError, match="cannot be started"),
    ):
        client.ask(Devices()).result(60)


def test_a_silent_engine_is_ended():
    with client_of("", seconds=60, patience=0.5, restarts=0) as client, pytest.raises(EngineError):
        client.ask(Devices()).result(60)


def test_a_hung_engine_is_replaced(tmp_path):
    settings = EngineSettings(home=tmp_path, load_ahead=False, heartbeat=0.1, patience=3.0)
    with EngineClient(settings) as client:
        client.ask(ListJobs()).result(60)
        hung = psutil.Process(client.pid)
        hung.suspend()
        with pytest.raises(EngineError, match="did not answer"):
            client.ask(ListJobs()).result(60)
        assert client.ask(ListJobs()).result(60).jobs == ()
        assert not hung.is_running()
        assert client.pid != hung.pid


PARENT = """
import sys, time
from pathlib import Path
from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.engine.protocol.questions import Probe, Thumbnail
client = EngineClient(EngineSettings(home=Path({home!r}), load_ahead=False))
client.ask(Probe(path=Path({video!r}))).result(100)
picture = client.ask(Thumbnail(path=Path({video!r}), time=1.0, longest=64)).result(100)
assert len(picture.pixels) == 64 * 64 * 3
heavy = {{"torch", "cv2", "av", "mediapipe", "numpy", "transformers", "scipy", "PySide6"}} & set(sys.modules)
print(client.pid, *heavy, flush=True)
time.sleep(300)
"""


def test_the_engine_ends_with_its_client_and_leaves_nothing(tmp_path):
    program = PARENT.format(home=str(tmp_path), video=str(SAMPLES / "video.mp4"))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        # The number alone: the client's process has imported nothing heavy.
        engine = psutil.Process(int(parent.stdout.readline()))
        if sys.platform == "linux":
            # Memory with a name would lie in /dev/shm until somebody removes it.
            mapped = {region.path for region in engine.memory_maps()}
            assert any("memfd:talkface-slots" in path for path in mapped)
            assert not any(path.startswith("/dev/shm") for path in mapped)
        parent.kill()
        parent.wait()
        engine.wait(30)
        assert parent.stderr.read() == b""


def test_closing_is_final(tmp_path):
    client = EngineClient(EngineSettings(home=tmp_path, load_ahead=False))
    client.ask(Probe(path=SAMPLES / "speech.wav")).result(60)
    process = psutil.Process(client.pid)
    client.close()
    assert not process.is_running()
    with pytest.raises(EngineError, match="closed"):
        client.ask(Devices()).result(1)
    client.close()
