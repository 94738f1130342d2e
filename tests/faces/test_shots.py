import cv2
import numpy as np
import pytest
from skimage.data import coffee

from talkface_studio.faces.shots import ShotWatch


def cuts(pictures):
    watch = ShotWatch()
    return [watch.is_cut(picture) for picture in pictures]


def test_another_scene_is_a_cut(portrait):
    other = cv2.resize(coffee(), (512, 512))
    assert cuts([portrait, portrait, other, other, portrait]) == [False, False, True, False, True]


@pytest.mark.parametrize("shape", [(2160, 3840), (72, 96)])
def test_of_any_size(shape, portrait):
    first = cv2.resize(portrait, shape[::-1])
    other = cv2.resize(coffee(), shape[::-1])
    assert cuts([first, other]) == [False, True]


def test_motion_and_light_are_no_cuts(portrait):
    panned = [portrait[10 * step : 300 + 10 * step, 15 * step : 300 + 15 * step] for step in range(8)]
    assert not any(cuts(panned))
    flash = np.clip(portrait.astype(int) + 60, 0, 255).astype(np.uint8)
    assert not any(cuts([portrait, flash, portrait, portrait // 2]))


def test_a_blank_picture_is_no_shot(portrait):
    blank = np.zeros_like(portrait)
    assert cuts([blank, portrait, blank, blank, portrait]) == [False] * 5
    assert cuts([portrait, blank, cv2.resize(coffee(), (512, 512))]) == [False, False, True]
