"""What the weights that ship know: a mean face, and faces of the voices that they were trained on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

import talkface_scldm
from talkface_scldm.generator import ScldmGenerator, drawn_noise
from talkface_scldm.networks import imagined, schedule_of
from talkface_scldm.recipe.data import pixels_of
from talkface_scldm.recipe.evaluation import holed
from talkface_scldm.recipe.studio import backdrop
from talkface_scldm.spectrogram import spectrogram, tiled
from talkface_scldm.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.values import Device, Options
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.media.audio import AudioReader
from talkface_studio.speech.track import SpeechTrack

FOLDER = Path(talkface_scldm.__file__).parent
CARD = ModelCard.load(FOLDER / "plugin.toml")
SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
SPEECH = SAMPLES / "speech.wav"


@pytest.fixture(scope="module")
def detector():
    found = FaceDetector(max_faces=1)
    yield found
    found.close()


def eyes(picture: np.ndarray, detector: FaceDetector) -> np.ndarray:
    """The outer eye corners `(2, 2)` as parts of the picture's side."""
    (face,) = detector.detect(np.ascontiguousarray(picture))
    return face.landmarks[[33, 263], :2] / picture.shape[0]


def test_the_prior_decodes_to_a_mean_face(detector) -> None:
    networks = load_networks(FOLDER / CARD.weights[0].path)
    space = networks.space
    with torch.inference_mode():
        mean = pixels_of(networks.decoder((space.prior / space.scale)[None]))[0]
    assert not holed(mean)
    corners = eyes(np.kron(mean, np.ones((4, 4, 1), np.uint8)), detector)
    layout = CARD.crop.layout
    assert corners.mean(axis=0) == pytest.approx([0.5, layout.eye_height], abs=0.05)
    assert corners[1, 0] - corners[0, 0] == pytest.approx(layout.eye_distance, abs=0.05)


def test_four_portraits_are_faces_where_a_portrait_has_its_face(detector) -> None:
    weights = {CARD.weights[0].name: FOLDER / CARD.weights[0].path}
    options = Options(values=CARD.parse_options({"steps": 20}), weights=weights)
    generator = ScldmGenerator(CARD)
    with AudioReader(SPEECH) as reader:
        portraits = list(islice(generator.imagine(SpeechTrack(reader), options, Device()), 4))
    generator.close()
    for portrait in portraits:
        assert eyes(portrait.pixels, detector).mean(axis=0) == pytest.approx([0.5, 0.43], abs=0.06)
        assert not holed(portrait.pixels)
    torn = portraits[0].pixels.copy()
    side = len(torn)
    hole = np.s_[side // 5 : side // 4, side // 2 : side * 3 // 5]
    torn[hole] = backdrop(side)[hole]
    assert holed(torn)


def test_one_voice_has_more_similar_faces_than_two() -> None:
    networks = load_networks(FOLDER / CARD.weights[0].path)
    faces = []
    for name, start, end in (("speech", 0.0, 3.9), ("speech", 3.9, 7.9), ("speech_b", 0.0, 3.0)):
        with AudioReader(SAMPLES / f"{name}.wav") as reader:
            samples = SpeechTrack(reader).samples(start, end).samples[0]
        heard = networks.speech(spectrogram(tiled(torch.from_numpy(samples))[None], networks.config.speech))
        # Each part of speech with noise of its own, as in the evaluation.
        noise = torch.cat([drawn_noise(networks, seed=0, number=4 * len(faces) + place) for place in range(4)])
        with torch.inference_mode():
            latents = imagined(networks.denoiser, networks.space, schedule_of(networks.config), heard, noise, steps=20)
        faces.append(latents.flatten(1).mean(dim=0))
    first, second, other = faces
    same, different = (float(torch.cosine_similarity(first, each, dim=0)) for each in (second, other))
    assert same > different + 0.1
