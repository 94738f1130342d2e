"""CSIM: the same pictures are one person, and a name says whose embedding it was."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import CropLayout
from talkface_studio.quality.teachers.registry import teacher_file, teacher_spec
from talkface_studio.testing_host import StudioHost
from talkface_trainer import identity
from talkface_trainer.evaluation import Reference
from talkface_trainer.identity import csim, identity_teacher

LAYOUT = CropLayout(size=96, eye_distance=0.4, eye_height=0.36)


def means(name: str) -> SimpleNamespace:
    """A teacher that looks at the mean colour of 8 x 8 parts."""

    def describe(crops):
        pixels = np.stack([crop.pixels for crop in crops]).astype(np.float32) - 128
        return pixels.reshape(len(crops), 8, 12, 8, 12, 3).mean(axis=(2, 4)).reshape(len(crops), -1)

    return SimpleNamespace(spec=teacher_spec(name), layout=LAYOUT, describe=describe)


def seen(pixels: np.ndarray) -> Reference:
    """Three equal frames of the sample photo's face."""
    crop = StudioHost().photo(LAYOUT, 1).references[0]
    return Reference(np.stack([pixels(crop.pixels)] * 3), np.stack([crop.landmarks] * 3), np.ones(3, np.bool_))


def test_the_same_face_scores_one_and_another_one_less() -> None:
    photo, other = seen(lambda pixels: pixels), seen(lambda pixels: 255 - pixels[::-1])
    assert csim(means("arcface"), photo, photo) == {"csim": pytest.approx(1)}
    assert csim(means("dlib"), photo, photo) == {"csim_dlib": pytest.approx(1)}
    assert csim(means("dlib"), other, photo)["csim_dlib"] < 0.5
    nobody = replace(photo, found=np.zeros(3, np.bool_))
    assert csim(means("dlib"), nobody, photo) == {}


def test_the_users_arcface_comes_first_and_a_damaged_one_is_not_passed_over(tmp_path, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(identity, "open_teacher", lambda name, _: name)
        assert identity_teacher(None) == identity_teacher(tmp_path) == "dlib"
    file = teacher_file("arcface", tmp_path)
    file.parent.mkdir()
    file.write_bytes(b"no network")
    with pytest.raises(WeightsError, match=r"not a readable ONNX network|needs onnxruntime"):
        identity_teacher(tmp_path)
