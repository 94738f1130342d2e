"""The photo that moves: where nothing is asked it is the photo, and what is asked happens where it shall."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from talkface_sdm.fields import Spread, Window
from talkface_sdm.matte import guided_filter, split_layers
from talkface_sdm.mouth_closing import LOWER_EDGE, UPPER_EDGE
from talkface_sdm.photo import MOST_TURN, MovingPhoto, Performance
from talkface_studio.api.landmarks import IBUG68


def neutral(photo: MovingPhoto, pose=(0.0,) * 6) -> Performance:
    return Performance(np.concatenate([pose, photo.home.shown.ravel()]).astype(np.float32))


def opened(photo: MovingPhoto, gap: float) -> Performance:
    points = np.zeros((68, 2), np.float32)
    points[[49, 50, 51, 52, 53, 61, 62, 63], 1] -= 0.2 * gap
    points[[55, 56, 57, 58, 59, 65, 66, 67], 1] += 0.8 * gap
    return Performance(np.concatenate([np.zeros(6), points.ravel()]).astype(np.float32))


def changed(first, second) -> np.ndarray:
    return np.abs(first.astype(int) - second).max(axis=2)


def test_a_field_is_undone() -> None:
    window = Window.around(np.array([0.0, 0.0]), np.array([99.0, 79.0]), 100, 4.0)
    x, y = np.moveaxis(window.knots, 2, 0)
    field = np.dstack([3 * np.sin(y / 15), 2 * np.cos(x / 20)]).astype(np.float32)
    back = window.inverse(field)
    there = window.knots + back
    fx, fy = 3 * np.sin(there[..., 1] / 15), 2 * np.cos(there[..., 0] / 20)
    inside = (slice(2, -2), slice(2, -2))
    assert np.abs(back[..., 0] + fx)[inside].max() < 0.1
    assert np.abs(back[..., 1] + fy)[inside].max() < 0.1


def test_points_take_their_surroundings_along_and_others_stay() -> None:
    window = Window.around(np.array([0.0, 0.0]), np.array([99.0, 99.0]), 100, 1.0)
    spread = Spread.of(window.knots, np.array([[30.0, 30.0], [70.0, 30.0]]), np.array([[50.0, 30.0]]), 40.0)
    field = spread(np.array([[5.0, 0.0], [0.0, -4.0]], np.float32))
    assert field[30, 30] == pytest.approx([5, 0], abs=0.1)
    assert field[30, 70] == pytest.approx([0, -4], abs=0.1)
    assert np.abs(field[30, 50]).max() < 0.1
    assert np.abs(field[90, 30]).max() == 0


def test_a_photo_that_does_nothing_is_the_photo(photo) -> None:
    made = photo.shown(neutral(photo))
    difference = changed(made, photo.pixels)
    assert np.percentile(difference, 95) <= 3
    assert difference.mean() < 1
    edge = np.ones_like(difference, bool)
    edge[1:-1, 1:-1] = False
    assert difference[edge].max() == 0


def test_layers_add_up_to_the_photo_and_cut_out_the_face(photo) -> None:
    layers = photo.layers
    share = layers.opacity[..., None]
    whole = layers.front * share + layers.back * (1 - share)
    assert np.abs(whole - photo.pixels).mean() < 1
    ibug = np.round(photo.mesh[IBUG68, :2]).astype(int)
    assert layers.opacity[ibug[17:68, 1], ibug[17:68, 0]].min() > 0.95
    assert layers.opacity[:12, :12].max() < 0.05
    assert 0.15 < layers.opacity.mean() < 0.8


def test_a_disc_before_stripes_is_cut_along_its_edge(crop) -> None:
    """A head of one colour before a background of another: the cut follows the circle to a pixel or two."""
    side = 192
    y, x = np.mgrid[:side, :side]
    middle = crop.landmarks[[33, 263], :2].mean(axis=0)
    disc = (x - middle[0]) ** 2 + (y - middle[1] - 10) ** 2 < 62**2
    ground = np.where((x // 8 % 2 == 0)[..., None], [40, 90, 160], [60, 110, 180])
    picture = np.where(disc[..., None], [200, 160, 130], ground).astype(np.uint8)
    layers = split_layers(picture, crop.landmarks, 45.0)
    core = cv2.erode(disc.astype(np.uint8), np.ones((9, 9))) > 0
    ring = cv2.dilate(disc.astype(np.uint8), np.ones((9, 9))) > 0
    above = y < middle[1] + 20
    assert layers.opacity[core].mean() > 0.97
    assert layers.opacity[~ring & above].mean() < 0.03
    # What is behind it is painted with the background's colours.
    assert np.abs(layers.back[core & (y < 60)].mean(axis=0) - [50, 100, 170]).max() < 35


def test_a_guided_filter_follows_the_guides_edge() -> None:
    guide = np.zeros((40, 40), np.float32)
    guide[:, 20:] = 1
    rough = np.zeros((40, 40), np.float32)
    rough[:, 17:] = 1
    refined = guided_filter(guide, rough, 6)
    assert refined[20, 24] > 0.9
    assert refined[20, 12] < 0.2


def test_the_head_turns_and_the_background_does_not(photo) -> None:
    pose = (0.0, np.radians(6), 0.0, 0.06, 0.0, 0.0)
    performance = neutral(photo, pose)
    made = photo.shown(performance)
    places = photo.landmarks(performance)
    # A positive turn brings what is nearest, the nose, to the left of what lies behind it.
    moved = places - photo.mesh[IBUG68, :2]
    assert moved[30, 0] < moved[36, 0] - 1
    difference = changed(made, photo.pixels)
    behind = photo.layers.opacity < 0.02
    far = cv2.erode(behind.astype(np.uint8), np.ones((25, 25))) > 0
    assert difference[far].max() <= 2
    assert difference[photo.layers.opacity > 0.9].mean() > 4


def test_turning_is_bounded(photo) -> None:
    wild = photo.landmarks(neutral(photo, (0.0, 9.0, 0.0, 0.0, 0.0, 0.0)))
    most = photo.landmarks(neutral(photo, (0.0, 3 * MOST_TURN, 0.0, 0.0, 0.0, 0.0)))
    assert np.abs(wild - most).max() < 1


def test_the_landmarks_are_where_the_pixels_went(photo) -> None:
    """The tip of the nose, followed by its neighbourhood's picture."""
    performance = neutral(photo, (0.03, 0.06, 0.04, 0.05, 0.04, 0.0))
    made = photo.shown(performance)
    x, y = np.round(photo.mesh[IBUG68[33], :2]).astype(int)
    patch = photo.pixels[y - 8 : y + 9, x - 8 : x + 9]
    found = cv2.minMaxLoc(cv2.matchTemplate(made, patch, cv2.TM_CCOEFF_NORMED))[3]
    wanted = photo.landmarks(performance)[33] - photo.mesh[IBUG68[33], :2]
    assert np.array(found) + 8 - (x, y) == pytest.approx(wanted, abs=1.5)


def test_lips_close_and_open(photo) -> None:
    x, y = photo.mesh[[13, 14], :2].mean(axis=0).round().astype(int)
    brightness = [photo.shown(opened(photo, gap))[y - 2 : y + 9, x - 4 : x + 5].mean() for gap in (0.0, 0.25)]
    # The dark of the mouth is seen, and skin away from it is not touched.
    assert brightness[1] < brightness[0] - 15
    shut, wide = (photo.shown(opened(photo, gap)) for gap in (0.0, 0.25))
    brow = np.round(photo.mesh[9, :2]).astype(int)
    assert changed(shut, wide)[brow[1] - 10 : brow[1] + 5, brow[0] - 20 : brow[0] + 20].max() <= 2


def smiling(photo: MovingPhoto) -> MovingPhoto:
    """The same person with a row of white teeth between parted lips."""
    mesh, unit = photo.mesh.copy(), photo.home.unit
    across = np.linspace(-1, 1, len(LOWER_EDGE))
    mesh[LOWER_EDGE, 1] = mesh[UPPER_EDGE, 1] + 0.12 * unit * (1 - across**4)
    gap = np.concatenate([mesh[UPPER_EDGE, :2], mesh[LOWER_EDGE[::-1], :2]])
    pixels = cv2.fillPoly(photo.pixels.copy(), [np.round(gap).astype(np.int32)], (255, 255, 255))
    return MovingPhoto.of(pixels, mesh)


def test_a_smile_closes_without_a_line_of_teeth(photo) -> None:
    smile = smiling(photo)
    still, shut = (smile.shown(each) for each in (neutral(smile), opened(smile, 0.0)))
    x, y = smile.mesh[[*UPPER_EDGE, *LOWER_EDGE], :2].T
    mouth = np.s_[int(y.min()) - 2 : int(y.max()) + 3, int(x.min()) + 2 : int(x.max()) - 1]
    teeth = [(picture[mouth].min(axis=2) > 225).sum() for picture in (still, shut)]
    assert changed(still, smile.pixels)[mouth].mean() < 6
    assert teeth[0] > 60
    assert teeth[1] <= 0.02 * teeth[0]


def test_silence_shows_the_photos_own_mouth(photo) -> None:
    wide = opened(photo, 0.25)
    difference = changed(photo.shown(replace(wide, lips=0.0)), photo.shown(neutral(photo)))
    x, y = photo.mesh[14, :2].round().astype(int)
    assert difference[y - 8 : y + 12, x - 12 : x + 12].max() <= 4


def test_eyes_close_over_the_pupils_and_brows_stay(photo) -> None:
    still, shut = photo.shown(neutral(photo)), photo.shown(replace(neutral(photo), closure=1.0))
    difference = changed(still, shut)
    for iris, brow in ((468, 105), (473, 334)):
        x, y = photo.mesh[iris, :2].round().astype(int)
        assert shut[y - 1 : y + 2, x - 1 : x + 2].mean() > still[y - 1 : y + 2, x - 1 : x + 2].mean() + 20
        x, y = photo.mesh[brow, :2].round().astype(int)
        assert difference[y - 1 : y + 2, x - 1 : x + 2].mean() < 12


def test_eyes_hold_what_they_look_at(photo) -> None:
    pose = (0.0, np.radians(9), 0.0, 0.0, 0.0, 0.0)
    fixed, held = (photo.shown(replace(neutral(photo, pose), gaze_hold=hold)) for hold in (0.0, 1.0))
    difference = changed(fixed, held)
    places = photo.landmarks(neutral(photo, pose))
    eye = places[36:48].mean(axis=0).round().astype(int)
    around = difference[eye[1] - 12 : eye[1] + 12]
    assert around.max() > 8
    x, y = places[30].round().astype(int)
    assert difference[y - 4 : y + 4, x - 4 : x + 4].max() == 0
