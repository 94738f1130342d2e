"""`talkface dub` and `talkface preview` from end to end, with a toy model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import av
import click
import numpy as np
import pytest
from PIL import Image

import toy_plugins
from command_line import Talkface, parsed
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.cli.app import App
from talkface_studio.cli.dub import DISPLAY, dub, file_request
from talkface_studio.dubbing.request import DubRequest

KEYS = {
    "output", "model", "device", "frames", "fps", "duration", "seconds", "realtime_factor", "stages", "peak_memory_mb",
    "faces", "frames_without_face", "resumed_segments", "codec", "notices",
}  # fmt: skip


def parse(*arguments: str, face: str = "face.mp4") -> DubRequest:
    """The request that a command line makes."""
    with parsed(dub, face, "speech.wav", "-o", "out.mp4", *arguments) as context:
        return file_request(App(), **{key: value for key, value in context.params.items() if key not in DISPLAY})


def test_defaults() -> None:
    request = parse()
    assert request == DubRequest(face=Path("face.mp4"), speech=Path("speech.wav"), output=Path("out.mp4"))


def test_every_option_reaches_the_request() -> None:
    request = parse(
        "--model", "toy", "--option", "strength=0.5", "--option", "side=left", "--preset", "paper", "--start", "1:02",
        "--end", "70.5", "--audio-offset", "-120", "--fit", "bounce", "--device", "cpu", "--precision", "fp32",
        "--seed", "7", "--face-at", "320,180@2.5", "--codec", "hevc", "--crf", "30",
    )  # fmt: skip
    assert (request.model, request.preset, request.seed) == ("toy", "paper", 7)
    assert request.options == {"strength": "0.5", "side": "left"}
    assert (request.start, request.end, request.audio_offset) == (62.0, 70.5, -0.12)
    assert (request.fit, request.device, request.precision) == ("bounce", "cpu", "fp32")
    assert (request.encoding.codec, request.encoding.crf) == ("hevc", 30)
    assert (request.face_choice.point, request.face_choice.time) == ((320.0, 180.0), 2.5)
    assert parse("--face-index", "2").face_choice.index == 2


def test_a_plan_stands_for_the_speech(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[[part]]\nspeech = "a.wav"\n[[part]]\nface = 1\nspeech = "b.wav"\nstart = "1:02"\nseed = 3\n')
    with parsed(dub, "face.mp4", "-o", "out.mp4", "--plan", str(plan), "--model", "toy") as context:
        request = file_request(App(), **{key: value for key, value in context.params.items() if key not in DISPLAY})
    assert [part.speech for part in request.cast] == [tmp_path / "a.wav", tmp_path / "b.wav"]
    assert [(part.face_choice.index, part.start, part.model, part.seed) for part in request.cast] == [
        (0, None, "toy", 0),
        (1, 62.0, "toy", 3),
    ]
    with pytest.raises(click.UsageError, match="leave out SPEECH"):
        parse("--plan", str(plan))


def test_voice_means_no_face() -> None:
    assert parse(face="voice").face is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--face-at", "320;180"],
        ["--face-at", "1,2@nan"],
        ["--face-index", "1", "--face-at", "1,2@0"],
        ["--option", "strength"],
        ["--option", "a=1", "--option", "a=2"],
        ["--start", "-1"],
        ["--start", "5", "--end", "5"],
        ["--start", "soon"],
        ["--audio-offset", "nan"],
        ["--audio-offset", "1e9"],
        ["--seed", "x"],
        ["--crf", "99"],
    ],
)
def test_wrong_values_are_refused(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(*arguments)


def test_photo_becomes_a_video(talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path) -> None:
    output = folder / "out.mp4"
    answer = talkface("dub", portrait, speech, "-o", output, "--json", "--quiet")
    assert answer.code == 0, answer.err
    assert answer.err == ""
    document = answer.document
    assert document.keys() >= KEYS
    assert document["output"] == str(output)
    assert document["model"] == toy
    assert document["frames_without_face"] == 0
    assert document["codec"] == "h264"
    with av.open(str(output)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames == document["frames"] == 100
    assert sorted(path.name for path in folder.iterdir()) == ["out.mp4", "portrait.png", "speech.wav"]


def test_video_keeps_its_frames(talkface: Talkface, toy: str, clip: Path, speech: Path, folder: Path) -> None:
    output = folder / "out.mp4"
    answer = talkface("dub", clip, speech, "-o", output, "--quiet", "--option", "strength=2")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0] == str(output)
    assert "24 frames" in answer.out
    assert answer.err == ""


def test_preview_is_a_frame_of_the_dub(
    talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path
) -> None:
    output = folder / "frame.png"
    arguments = ("preview", portrait, speech, "--at", "1.0", "-o", output, "--option", "strength=2", "--json")
    answer = talkface(*arguments)
    assert answer.code == 0, answer.err
    assert answer.document["time"] == pytest.approx(1.0, abs=0.021)
    assert answer.document["seconds"] > answer.document["model_seconds"] > 0
    assert (answer.document["model"], answer.document["device"][:3], answer.document["face_found"]) == (
        toy,
        "cpu",
        True,
    )
    with Image.open(output) as picture, Image.open(portrait) as source:
        difference = np.abs(np.asarray(picture).astype(int) - np.asarray(source))
    assert difference.max() > 0
    rows = np.flatnonzero(difference.max((1, 2)))
    assert rows.min() > 60, "only the lower face changes"


def test_preview_beyond_the_end(talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path) -> None:
    answer = talkface("preview", portrait, speech, "--at", "99", "-o", folder / "frame.png")
    assert answer.code == 2
    assert "99" in answer.line
    assert not (folder / "frame.png").exists()


def test_interrupted_dub_leaves_nothing(
    talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from talkface_studio.media.segments import SegmentWriter

    def interrupt(self: SegmentWriter, frame: object) -> None:
        raise JobCancelledError("stopped")

    monkeypatch.setattr(SegmentWriter, "write_frame", interrupt)
    assert talkface("dub", portrait, speech, "-o", folder / "out.mp4").code == 3
    assert sorted(path.name for path in folder.iterdir()) == ["portrait.png", "speech.wav"]


# After the signal this model is as slow as a real one: the toy would end the segment before the main thread wakes.
STOPPED = """
import os, signal, time
from toy_generators import Toy, ToyTake


class StoppedTake(ToyTake):
    def render(self, times):
        for number, face in enumerate(super().render(times)):
            if number == 10:
                os.kill(os.getpid(), signal.SIGTERM)
            if number >= 10:
                time.sleep(0.1)
            yield face


class Stopped(Toy):
    take = StoppedTake
"""


def test_terminated_dub_leaves_nothing(
    site: Path, environment: Mapping[str, str], portrait: Path, speech: Path, folder: Path
) -> None:
    (site / "stopped.py").write_text(STOPPED)
    toy_plugins.install_model(site, "toy", generator="stopped:Stopped")
    program = "import sys\nfrom talkface_studio.cli.main import main\nmain()"
    arguments = ["dub", portrait, speech, "-o", folder / "out.mp4", "--model", "toy", "--quiet"]
    result = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (result.returncode, result.stderr.strip()) == (3, "talkface: interrupted")
    assert sorted(path.name for path in folder.iterdir()) == ["portrait.png", "speech.wav"]


OFFLINE = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        print("network access:", event, arguments, file=sys.stderr)
        raise RuntimeError("network access")

sys.addaudithook(refuse)
from talkface_studio.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def test_dub_uses_no_network(
    toy: str, environment: Mapping[str, str], portrait: Path, speech: Path, folder: Path
) -> None:
    arguments = ["dub", portrait, speech, "-o", folder / "out.mp4", "--model", toy, "--json", "--quiet"]
    result = subprocess.run(
        [sys.executable, "-c", OFFLINE, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert (folder / "out.mp4").is_file()
