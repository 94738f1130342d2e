"""A voice alone: the model gives the whole picture."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import MediaError, SpeechError
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.preview import preview
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader


def sound(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


def test_a_voice_becomes_a_video_of_its_length(catalog, folders, voice, tmp_path) -> None:
    request = DubRequest(face=None, speech=voice, output=tmp_path / "o.mp4")
    result = dub(request, catalog, folders)
    side = catalog.card(result.model).crop.size
    info = probe(result.output)
    assert info.audios
    with VideoReader(result.output) as reader:
        frames = list(reader.frames())
    assert len(frames) == result.frames == np.ceil(probe(voice).duration * 25)
    assert frames[0].size == (side, side)
    changes = [np.abs(a.pixels.astype(int) - b.pixels).mean() for a, b in pairwise(frames)]
    assert max(changes) > 0.1
    shown = preview(request, 0.8, catalog, folders)
    # What the encoder took away.
    assert np.abs(shown.pixels.astype(int) - frames[20].pixels).mean() < 6
    with pytest.raises(MediaError, match="no frame at 9 s"):
        preview(request, 9.0, catalog, folders)


def test_half_a_second_is_enough_and_silence_and_music_are_refused(catalog, folders, voice, tmp_path) -> None:
    with wave.open(str(voice)) as file:
        samples = np.frombuffer(file.readframes(11_025), "<i2") / 32_767
    at_16_khz = np.interp(np.arange(8000) * 22_050 / 16_000, np.arange(len(samples)), samples)
    short = sound(tmp_path / "short.wav", at_16_khz)
    assert dub(DubRequest(face=None, speech=short, output=tmp_path / "o.mp4"), catalog, folders).frames == 13
    time = np.arange(32_000) / 16_000
    music = sum(0.1 * np.sin(2 * np.pi * f * time) for f in (220.0, 277.2, 329.6))
    for name, heard, message in (("silence", 0 * time, "is silent"), ("music", music, "is music or noise")):
        speech = sound(tmp_path / f"{name}.wav", heard)
        with pytest.raises(SpeechError, match=message):
            dub(DubRequest(face=None, speech=speech, output=tmp_path / "x.mp4"), catalog, folders)
    assert not (tmp_path / "x.mp4").exists()


def test_a_voice_has_no_plan_of_several(catalog, folders, voice, tmp_path) -> None:
    parts = (Part(speech=voice), Part(speech=voice, start=1.0))
    request = DubRequest(face=None, speech=voice, output=tmp_path / "o.mp4", parts=parts)
    with pytest.raises(MediaError, match="several speeches needs a video"):
        dub(request, catalog, folders)
