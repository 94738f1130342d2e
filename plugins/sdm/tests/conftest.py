"""The sample clips prepared, untrained networks, and a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import talkface_studio
from prepared_clips import prepare_sample_clips
from talkface_sdm.config import preset
from talkface_sdm.photo import MovingPhoto
from talkface_sdm.weights import SdmNetworks, build_networks, save_networks
from talkface_studio.api.values import CropLayout, FaceCrop
from tone_speech import ToneSpeech

DATA = Path(talkface_studio.__file__).parent / "pytest_data"


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_sample_clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def debug() -> SdmNetworks:
    """Untrained networks whose motion is large enough to be seen."""
    torch.manual_seed(0)
    networks = build_networks(preset("debug"))
    networks.motion.unit.fill_(0.05)
    torch.nn.init.normal_(networks.denoiser.leave.weight, std=0.05)
    return networks


@pytest.fixture(scope="session")
def debug_weights(debug: SdmNetworks, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    path = tmp_path_factory.mktemp("weights") / "debug.safetensors"
    save_networks(path, debug)
    return {"networks": path}


class Photo:
    """A photo as a host gives it."""

    def __init__(self, crop: FaceCrop) -> None:
        self.crop = crop
        self.references = (crop,)

    def crops(self, times):
        return (replace(self.crop, time=time) for time in times)


@pytest.fixture(scope="session")
def crop() -> FaceCrop:
    """The suite's portrait, at a size that is quick."""
    pixels = cv2.imread(str(DATA / "portrait.png"))[..., ::-1]
    landmarks = np.load(DATA / "landmarks.npy").astype(np.float32)
    side = 192
    scale = side / pixels.shape[0]
    small = np.ascontiguousarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA))
    mesh = landmarks * np.float32(scale)
    return FaceCrop(small, np.eye(2, 3), mesh, 0.0, CropLayout(side, 0.23, 0.4))


@pytest.fixture(scope="session")
def photo(crop: FaceCrop) -> MovingPhoto:
    return MovingPhoto.of(crop.pixels, crop.landmarks)


@pytest.fixture
def face(crop: FaceCrop) -> Photo:
    return Photo(crop)


@pytest.fixture
def tone() -> ToneSpeech:
    return ToneSpeech()
