"""Bad input: one line that names what is wrong, exit code 2, and nothing left behind."""

from __future__ import annotations

import hashlib
import os
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import toy_plugins
from command_line import Answer, Talkface

Dub = Callable[..., Answer]


@pytest.fixture(params=["dub", "preview"])
def refused(request: pytest.FixtureRequest, talkface: Talkface, toy: str, folder: Path) -> Dub:
    """Run a dub (or a preview) that must be refused, and look that the folder is as it was."""

    def call(face: object, speech: object, *options: object, output: Path | None = None) -> Answer:
        command = request.param
        if output is None:
            output = folder / ("out.mp4" if command == "dub" else "out.png")
        before = snapshot(folder)
        at = [] if command == "dub" else ["--at", "0.2"]
        answer = talkface(
            command, face, speech, "-o", output, "--quiet" if command == "dub" else "--json", *at, *options
        )
        assert answer.code == 2, answer.err
        assert answer.line
        assert snapshot(folder) == before
        return answer

    return call


def snapshot(folder: Path) -> dict[str, str]:
    """Every file and its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }


def write_sound(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_missing_files(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    assert "lost.mp4" in refused(folder / "lost.mp4", speech).line
    assert "lost.wav" in refused(portrait, folder / "lost.wav").line


def test_folder_as_a_file(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    (folder / "clips").mkdir()
    assert "clips" in refused(folder / "clips", speech).line
    assert "clips" in refused(portrait, folder / "clips").line


@pytest.mark.parametrize("name", ["empty.mp4", "empty.png", "empty.wav"])
def test_empty_files(refused: Dub, portrait: Path, speech: Path, folder: Path, name: str) -> None:
    empty = folder / name
    empty.touch()
    assert name in refused(empty, speech).line
    assert name in refused(portrait, empty).line


@pytest.mark.parametrize("name", ["notes.mp4", "notes.jpg", "notes.wav"])
def test_text_with_another_ending(refused: Dub, portrait: Path, speech: Path, folder: Path, name: str) -> None:
    text = folder / name
    text.write_text("These are my notes, not a video.\n" * 200)
    assert name in refused(text, speech).line
    assert name in refused(portrait, text).line


@pytest.mark.parametrize(("index_first", "keep"), [(False, 0.02), (False, 0.6), (True, 0.3), (True, 0.9)])
def test_truncated_video(refused: Dub, clip: Path, speech: Path, folder: Path, index_first: bool, keep: float) -> None:
    if index_first:
        # Such a file opens as if it were whole: only its last frames are missing.
        clip = with_index_first(clip, folder / "first.mp4")
    data = clip.read_bytes()
    cut = folder / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * keep)])
    assert "cut.mp4" in refused(cut, speech).line


def with_index_first(source: Path, target: Path) -> Path:
    with av.open(str(source)) as given, av.open(str(target), "w", options={"movflags": "faststart"}) as container:
        streams = {stream: container.add_stream_from_template(stream) for stream in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream]
                container.mux(packet)
    return target


def test_truncated_photo(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    cut = folder / "cut.png"
    cut.write_bytes(portrait.read_bytes()[:2000])
    assert "cut.png" in refused(cut, speech).line


def test_sound_as_face(refused: Dub, speech: Path) -> None:
    line = refused(speech, speech).line
    assert "speech.wav" in line
    assert "no picture" in line


def test_photo_as_speech(refused: Dub, portrait: Path) -> None:
    assert "portrait.png: " in refused(portrait, portrait).line


def test_video_without_sound_as_speech(refused: Dub, portrait: Path, folder: Path) -> None:
    mute = folder / "mute.mp4"
    with av.open(str(mute), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 128, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert "mute.mp4: has no sound" in refused(portrait, mute).line


def test_picture_without_a_face(refused: Dub, speech: Path, folder: Path) -> None:
    meadow = folder / "meadow.png"
    noise = np.random.default_rng(1).integers(60, 120, (96, 96, 3), dtype=np.uint8)
    Image.fromarray(noise).save(meadow)
    line = refused(meadow, speech).line
    assert "meadow.png" in line
    assert "face" in line


def test_face_that_is_not_there(refused: Dub, portrait: Path, clip: Path, speech: Path) -> None:
    assert "there is no face 3" in refused(portrait, speech, "--face-index", "3").line
    assert "there is no face at 2,3" in refused(portrait, speech, "--face-at", "2,3@0").line
    assert "there is no face at 2,3" in refused(clip, speech, "--face-at", "2,3@0.5").line


def test_silent_speech(refused: Dub, portrait: Path, folder: Path) -> None:
    silence = write_sound(folder / "silence.wav", np.zeros(32_000))
    line = refused(portrait, silence).line
    assert "silence.wav" in line


def test_noise_is_no_speech(refused: Dub, portrait: Path, folder: Path) -> None:
    hiss = write_sound(folder / "hiss.wav", np.random.default_rng(0).normal(0, 0.02, 32_000).clip(-1, 1))
    assert "hiss.wav" in refused(portrait, hiss).line


def test_unknown_model(refused: Dub, portrait: Path, speech: Path) -> None:
    assert "no model named 'lost'; installed: toy" in refused(portrait, speech, "--model", "lost").line


def test_model_that_does_not_fit(refused: Dub, site: Path, clip: Path, speech: Path) -> None:
    toy_plugins.install_model(site, "photos", takes=(("speech", "photo"),))
    line = refused(clip, speech, "--model", "photos").line
    assert "model photos does not take speech + video, it takes speech + photo; models that do: toy" in line


def test_voice_without_a_model_for_it(refused: Dub, speech: Path) -> None:
    assert "no installed model takes speech; installed: toy" in refused("voice", speech).line


def test_wrong_options(refused: Dub, portrait: Path, speech: Path) -> None:
    assert "no option 'colour'; it has: strength" in refused(portrait, speech, "--option", "colour=red").line
    assert "strength: 9 is outside 0..2" in refused(portrait, speech, "--option", "strength=9").line
    assert "no preset 'huge'" in refused(portrait, speech, "--preset", "huge").line


def test_wrong_devices(refused: Dub, portrait: Path, speech: Path) -> None:
    assert "device 'tpu'" in refused(portrait, speech, "--device", "tpu").line
    assert "device 'cuda:77'" in refused(portrait, speech, "--device", "cuda:77").line
    assert "fp16" in refused(portrait, speech, "--device", "cpu", "--precision", "fp16").line


def test_range_outside_the_clip(refused: Dub, clip: Path, speech: Path) -> None:
    assert refused(clip, speech, "--start", "50").line


def test_output_folder_is_missing(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    line = refused(portrait, speech, output=folder / "lost" / "out.png").line
    assert str(folder / "lost") in line


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_output_folder_is_read_only(
    refused: Dub, portrait: Path, speech: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = folder / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    if os.geteuid() == 0:  # root may write anywhere; let it see what others see
        access = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != locked and access(path, mode))
    assert str(locked) in refused(portrait, speech, output=locked / "out.png").line
    locked.chmod(0o700)


def test_output_is_a_folder(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    (folder / "out.png").mkdir()
    assert "is a folder" in refused(portrait, speech, output=folder / "out.png").line


def test_output_is_an_input(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    assert "is one of the inputs" in refused(portrait, speech, output=portrait).line
    link = folder / "link.png"
    link.symlink_to(portrait)
    assert "is one of the inputs" in refused(portrait, speech, output=link).line


def test_output_of_an_unknown_kind(refused: Dub, portrait: Path, speech: Path, folder: Path) -> None:
    assert "out.xyz" in refused(portrait, speech, output=folder / "out.xyz").line


def test_unknown_codec(talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path) -> None:
    answer = talkface("dub", portrait, speech, "-o", folder / "out.mp4", "--codec", "cinepak-x")
    assert answer.code == 2
    assert "cinepak-x" in answer.line
    assert not (folder / "out.mp4").exists()


def test_wrong_weights(refused: Dub, site: Path, portrait: Path, speech: Path) -> None:
    digest = hashlib.sha256(b"weights!").hexdigest()
    table = f'[[weights]]\nname = "networks"\npreset = "compact"\npath = "heavy.bin"\nsha256 = "{digest}"\n'
    toy_plugins.install_model(site, "heavy", priority=9, tables=table)
    assert "heavy.bin: the compact weights of model heavy are missing" in refused(portrait, speech).line
    (site / "heavy.bin").write_bytes(b"weights?")
    assert f"expected {digest[:12]}" in refused(portrait, speech).line


def test_missing_own_weights(refused: Dub, site: Path, home: Path, portrait: Path, speech: Path) -> None:
    table = '[[weights]]\nname = "networks"\npreset = "paper"\npath = "heavy/paper.bin"\nbundled = false\n'
    toy_plugins.install_model(site, "heavy", priority=9, tables=table)
    line = refused(portrait, speech, "--preset", "paper").line
    assert str(home / "data" / "weights" / "heavy" / "paper.bin") in line
    assert "talkface weights convert heavy" in line


def test_generator_that_cannot_start(refused: Dub, site: Path, portrait: Path, speech: Path) -> None:
    toy_plugins.install_model(site, "hollow", priority=9, generator="no_such_networks:Net")
    assert "no_such_networks" in refused(portrait, speech).line
