"""Sharpness of a model on the sample video, whose face is larger than the toy model's crop."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from talkface_studio.api.card import CropSpec, ModelCard
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import Device, Options, RenderedFace
from talkface_trainer import sharpness as measured

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"


class Echo(Generator):
    """Gives every crop back, blurred as the option says."""

    def start(self, speech, face, options, device):
        return EchoTake(face, float(options.values["blur"]))


class EchoTake(Take):
    def __init__(self, face, blur):
        self.face, self.blur = face, blur

    def render(self, times):
        for crop in self.face.crops(times):
            pixels = cv2.GaussianBlur(crop.pixels, (0, 0), self.blur) if self.blur else crop.pixels
            yield RenderedFace(np.asarray(pixels, np.uint8), crop.time)


def echo(size, largest):
    texts = dict.fromkeys(("title", "summary", "paper", "code_licence", "weights_licence"), "toy")
    crop = CropSpec(size=size, largest=largest)
    return Echo(ModelCard(name="echo", version="1", takes=(("speech", "video"),), crop=crop, references=4, **texts))


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(measured, "SECONDS", 1.4)


def test_the_source_is_as_sharp_as_itself_and_a_resize_is_not():
    scores = measured.sharpness(SAMPLE, echo(64, 160), Options(values={"blur": 0.0}), Device())
    assert list(scores) == ["source", "model", "plain resize"]
    assert scores["model"] == pytest.approx(scores["source"])
    assert scores["plain resize"]["of_the_source"] < 0.8
    soft = measured.sharpness(SAMPLE, echo(64, 160), Options(values={"blur": 1.5}), Device())
    assert soft["model"]["of_the_source"] < 0.7
    assert soft["source"] == scores["source"]


def test_a_face_no_larger_than_the_crop_is_refused():
    with pytest.raises(TrainingError, match=r"video\.mp4.*larger than the network's 512 pixels"):
        measured.sharpness(SAMPLE, echo(512, 0), Options(values={"blur": 0.0}), Device())
