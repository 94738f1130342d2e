import numpy as np
import pytest

from talkface_studio.faces.region import Region, box_move, box_size, face_box, fitting_side, overlap


def test_the_middle_of_a_region_maps_to_the_middle_of_its_pixels():
    region = Region(left=10, top=20, side=5)
    # Pixels 10 to 14 have their middle at 12, although the region's edges lie at 9.5 and 14.5.
    np.testing.assert_allclose(region.to_frame(np.array([[0.5, 0.5, 0.1]], np.float32)), [[12, 22, 0.5]])
    np.testing.assert_allclose(region.to_frame(np.array([[0, 1, 0]], np.float32)), [[9.5, 24.5, 0]])


def test_what_lies_beyond_the_picture_is_black():
    pixels = np.full((100, 120, 3), 200, np.uint8)
    cut = Region(left=-50, top=-100, side=200).cut(pixels)
    assert cut.shape == (200, 200, 3)
    assert (cut[100:, 50:170] == 200).all()
    assert (cut[:100] == 0).all()
    assert (cut[:, :50] == 0).all()
    assert (cut[:, 170:] == 0).all()


def test_a_region_outside_the_picture_is_all_black():
    assert not Region(left=500, top=0, side=200).cut(np.full((100, 100, 3), 200, np.uint8)).any()


@pytest.mark.parametrize("length", [3, 191, 200, 384, 385, 900, 5000])
def test_sizes_suit_the_network(length):
    side = fitting_side(length)
    assert max(8, length) <= side <= max(8, length * 1.05)
    cut = Region(0, 0, side).cut(np.zeros((16, 16, 3), np.uint8))
    assert 192 <= cut.shape[0] == cut.shape[1] <= 384


def test_around_centres_a_face(face):
    region = Region.around(face.landmarks)
    left, top, right, bottom = face_box(face.landmarks)
    assert region.side == pytest.approx(2 * box_size(face.box), abs=2)
    assert region.left + (region.side - 1) / 2 == pytest.approx((left + right) / 2, abs=1)
    assert region.top + (region.side - 1) / 2 == pytest.approx((top + bottom) / 2, abs=1)


def test_overlap_is_a_part_of_the_smaller_box():
    assert overlap((0, 0, 10, 10), (2, 2, 4, 4)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == 0.5
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0


def test_a_box_has_moved_as_far_as_its_middle_did():
    box = (10.0, 20.0, 30.0, 60.0)
    assert box_move(box, (13.0, 18.0, 33.0, 58.0)) == 3
    assert box_move(box, (9.0, 13.0, 31.0, 53.0)) == 7
    assert box_move(box, (0.0, 10.0, 40.0, 70.0)) == 0
