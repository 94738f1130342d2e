"""`talkface imagine`: portraits, what is said of them, and one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import toy_plugins
from command_line import Talkface
from talkface_studio.api.errors import WeightsError
from talkface_studio.dubbing import portraits

DREAMER = """
import numpy as np
from skimage.data import astronaut

from talkface_studio.api.generator import PortraitGenerator
from talkface_studio.api.values import Portrait


class Dreamer(PortraitGenerator):
    def imagine(self, speech, options, device):
        rng = np.random.default_rng(options.seed)
        photo = np.ascontiguousarray(astronaut()[0:256, 96:352])
        while True:
            yield Portrait(np.clip(photo.astype(int) + rng.integers(-9, 9), 0, 255).astype(np.uint8), {"mood": 0.5})
"""


@pytest.fixture
def dreamer(site: Path) -> str:
    """A model that imagines the same face in another light."""
    toy_plugins.install_model(
        site,
        "dreamer",
        takes=(("speech",),),
        more='gives = "portrait"',
        generator="dreamer_plugin:Dreamer",
        source=DREAMER,
    )
    return "dreamer"


def test_portraits_are_written_with_their_estimates(
    talkface: Talkface, dreamer: str, speech: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    done = talkface("imagine", speech, "-o", folder, "-n", 2, "--seed", 3, "--json")
    assert done.code == 0, done.err
    document = done.document
    assert document == json.loads((folder / "portraits.json").read_text())
    assert (document["model"], document["seed"]) == (dreamer, 3)
    assert "never evidence" in document["note"]
    assert "dlib-models" in document["estimator"]
    pictures = []
    for number, portrait in enumerate(document["portraits"]):
        assert (portrait["file"], portrait["index"]) == (f"portrait_{number}.png", number)
        assert portrait["attributes"]["mood"] == 0.5
        assert portrait["attributes"]["male"] < 0.5
        assert 15 < portrait["attributes"]["age"] < 60
        pictures.append(np.asarray(Image.open(folder / portrait["file"])))
    assert not np.array_equal(*pictures)
    told = talkface("imagine", speech, "-o", folder, "-n", 1)
    assert f"{folder / 'portrait_0.png'}  looks female, about " in told.out


def test_without_an_estimator_there_are_portraits_all_the_same(
    talkface: Talkface, dreamer: str, speech: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, *_: object) -> None:
        raise WeightsError(f"{name}: not installed")

    monkeypatch.setattr(portraits, "open_teacher", refuse)
    done = talkface("imagine", speech, "-o", tmp_path / "faces", "-n", 1, "--json")
    assert done.line.endswith("no estimates of gender and age: dlib-attributes: not installed")
    assert done.document["portraits"][0]["attributes"] == {"mood": 0.5}


def test_wrong_input_is_one_line(talkface: Talkface, dreamer: str, toy: str, speech: Path, tmp_path: Path) -> None:
    folder, blocked = tmp_path / "faces", tmp_path / "file"
    blocked.write_text("")
    for arguments, message in (
        ((tmp_path / "none.wav", "-o", folder), "no such file"),
        ((speech, "-o", blocked), "is a file; give a folder"),
        ((speech, "-o", folder, "--option", "strength=9"), "option strength: 9 is outside 0..2"),
        ((speech, "-o", folder, "--model", toy), "makes a video, not a portrait; models that make a portrait: dreamer"),
    ):
        answer = talkface("imagine", *arguments)
        assert answer.code == 2
        assert message in answer.line
    assert talkface("dub", "voice", speech, "-o", tmp_path / "a.mp4", "--model", dreamer).code == 2
