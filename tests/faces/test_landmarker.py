import subprocess
import sys

import numpy as np

from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.model import find_landmarker

LOADED = """
import sys
from talkface_studio.faces.mediapipe_import import mediapipe
vision = mediapipe().tasks.vision
print("matplotlib" in sys.modules)
vision.drawing_utils.draw_landmarks
print("matplotlib" in sys.modules)
"""


def test_following_does_not_lag_behind_a_face_that_moves(bust):
    """A low-pass in the network's video mode would leave the points between the old place and the new one."""
    moved = np.ascontiguousarray(np.roll(bust, 12, axis=1))
    with Landmarker(find_landmarker(), following=True) as following, Landmarker(find_landmarker()) as single:
        for _ in range(5):
            following.find(bust)
        followed = following.find(moved)[0]
        alone = single.find(moved)[0]
    eyes = np.linalg.norm(alone[33, :2] - alone[263, :2])
    # A step of 12 pixels is 0.047 of the width.
    assert np.abs((followed - alone)[:, :2].mean(axis=0)).max() < 0.03 * eyes
    assert 0.15 * eyes < 12 / 256


def test_points_are_read_as_mediapipe_itself_reads_them(bust):
    """Both find the face in one picture from scratch; `following` reads the library's memory, the other its objects."""
    with Landmarker(find_landmarker(), following=True) as following, Landmarker(find_landmarker()) as single:
        np.testing.assert_array_equal(following.find(bust), single.find(bust))


def test_a_forgotten_face_is_searched_for_anew(bust):
    elsewhere = np.zeros((256, 256, 3), np.uint8)
    elsewhere[128:, 128:] = bust[::2, ::2]
    with Landmarker(find_landmarker(), following=True) as landmarker:
        first = landmarker.find(bust)[0]
        landmarker.forget()
        second = landmarker.find(elsewhere)[0]
    np.testing.assert_allclose(second[:, :2], 0.5 + first[:, :2] / 2, atol=0.02)


def test_a_view_of_a_larger_picture_is_read_rightly(portrait, bust):
    with Landmarker(find_landmarker()) as landmarker:
        np.testing.assert_array_equal(landmarker.find(portrait[0:256, 96:352])[0], landmarker.find(bust)[0])


def test_closing_twice_is_allowed():
    landmarker = Landmarker(find_landmarker())
    landmarker.close()
    landmarker.close()


def test_mediapipe_does_not_load_what_it_draws_with_until_that_is_used():
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True"]
