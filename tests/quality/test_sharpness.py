"""Detail of parts of a face."""

import cv2
import numpy as np
import pytest

from talkface_studio.quality.sharpness import detail, lower_face, upper_face

SIDE = 256


@pytest.fixture(scope="module")
def portrait():
    """The portrait of the conformance suite, its face at 256 pixels, and the mesh in it."""
    from talkface_studio.api.values import CropLayout
    from talkface_studio.testing_host import StudioHost

    crop = StudioHost().photo(CropLayout(size=SIDE), 1).references[0]
    return crop.pixels, crop.landmarks


def test_blur_lowers_it_where_the_blur_is_and_only_there(portrait):
    picture, mesh = portrait
    lower, upper = lower_face(mesh, SIDE), upper_face(mesh, SIDE)
    soft = cv2.GaussianBlur(picture, (0, 0), 2.0)
    blurred = np.where(lower[..., None] > 0, soft, picture)
    assert detail(blurred, lower) < 0.7 * detail(picture, lower)
    assert detail(blurred, upper) == pytest.approx(detail(picture, upper))
    levels = [detail(cv2.GaussianBlur(picture, (0, 0), sigma), lower) for sigma in (0.5, 1.0, 2.0, 4.0)]
    assert levels == sorted(levels, reverse=True)


def test_a_plain_resize_loses_detail(portrait):
    picture, mesh = portrait
    small = cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    assert detail(back, lower_face(mesh, SIDE)) < 0.95 * detail(picture, lower_face(mesh, SIDE))


def test_regions_lie_where_they_are_said_to_lie(portrait):
    _, mesh = portrait
    lower, upper = lower_face(mesh, SIDE), upper_face(mesh, SIDE)
    assert not (lower * upper).any()
    for region, points in ((lower, (13, 14)), (upper, (159, 386, 168))):
        for x, y in mesh[list(points), :2].round().astype(int):
            assert region[y, x] == 1
    assert not lower[mesh[1, 1].astype(int)].any()


def test_a_checkerboard_has_the_detail_that_it_has():
    y, x = np.mgrid[:16, :16]
    board = np.repeat((100 + 10 * ((x + y) % 2)).astype(np.uint8)[..., None], 3, axis=2)
    # Each pixel differs by 10 from its four neighbours.
    assert detail(board, np.ones((16, 16), np.float32)) == pytest.approx(40)
    with pytest.raises(ValueError, match="no region"):
        detail(board, np.zeros((16, 16), np.float32))
