"""Faces imagined by the model that ships, and a dub that begins with nothing but a voice."""

from __future__ import annotations

import wave
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from talkface_studio.api.errors import MediaError, ModelNotFoundError, OptionError, SpeechError
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.portraits import AttributeEstimator, PortraitRequest, imagine, with_portrait
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.media.probe import probe

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
QUICK = {"steps": "10"}


def write_sound(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def asked(voice, tmp_path) -> DubRequest:
    return DubRequest(
        face=None, speech=voice, output=tmp_path / "out.mp4", options={"portrait": "scldm"}, precision="fp32"
    )


def test_candidates_have_faces_of_which_something_can_be_said(voice, catalog, folders) -> None:
    request = PortraitRequest(speech=voice, precision="fp32")
    portraits = list(islice(imagine(request, catalog, folders), 2))
    estimator = AttributeEstimator(folders)
    assert "dlib-models" in estimator.title
    for portrait in portraits:
        said = estimator.estimates(portrait.pixels)
        assert set(said) == {"male", "age"}
        assert 0 <= said["male"] <= 1
        assert 5 < said["age"] < 80
    assert estimator.estimates(np.full((256, 256, 3), 90, np.uint8)) == {}
    estimator.close()


def test_one_command_from_a_voice_to_a_video(asked, catalog, folders) -> None:
    result = dub(asked, catalog, folders)
    assert result.model == "sdm"
    info = probe(result.output)
    assert (info.videos[0].width, info.videos[0].height) == (384, 384)
    assert info.videos[0].duration == pytest.approx(1.6, abs=0.1)
    assert result.frames_without_face == 0
    # The same request finds the portrait that was dubbed; another candidate is another picture.
    again = with_portrait(asked, catalog, folders)
    kept = list((folders.cache / "portraits").iterdir())
    assert kept == [again.face]
    assert again.options == {}
    other = with_portrait(replace(asked, options={"portrait": "scldm", "portrait_index": "1"}), catalog, folders)
    assert other.face != again.face
    assert np.abs(np.asarray(Image.open(other.face), int) - np.asarray(Image.open(again.face))).mean() > 0.5


def test_what_asks_for_no_portrait_is_left_as_it_is(asked, catalog, folders) -> None:
    plain = replace(asked, options={"head_motion": "0"})
    assert with_portrait(plain, catalog, folders) is plain


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"face": SAMPLES / "portrait.jpg"}, OptionError, 'give "voice" as FACE'),
        ({"options": {"portrait_index": "1"}}, OptionError, "--option portrait=MODEL"),
        ({"options": {"portrait": "scldm", "portrait_index": "-1"}}, OptionError, "'-1' is not the number"),
        ({"options": {"portrait": "sdm"}}, ModelNotFoundError, "makes a video, not a portrait; .*: scldm"),
        ({"speech": SAMPLES / "portrait.jpg"}, MediaError, "no sound"),
        ({"options": {}, "model": "scldm"}, ModelNotFoundError, "makes a portrait, not a video"),
    ],
)
def test_a_wrong_request_is_refused_in_a_line(asked, catalog, folders, change, error, message) -> None:
    with pytest.raises(error, match=message):
        dub(replace(asked, **change), catalog, folders)
    assert not asked.output.exists()


def test_silence_and_music_have_no_face(tmp_path, catalog, folders) -> None:
    times = np.arange(3 * 16_000) / 16_000
    chord = sum(np.sin(2 * np.pi * pitch * times) for pitch in (220, 277, 330)) / 6
    for name, samples, message in (("silence", 0 * times, "silent"), ("music", chord, "no voice|nobody speaks")):
        request = PortraitRequest(speech=write_sound(tmp_path / f"{name}.wav", samples), options=QUICK)
        with pytest.raises(SpeechError, match=message):
            next(imagine(request, catalog, folders))
