import numpy as np
import pytest

from talkface_ltfg_gan.sketch import GREY, POINTS, draw_sketches


def circle(radius: float) -> np.ndarray:
    """All points of the model on a circle."""
    angles = np.linspace(0, 2 * np.pi, len(POINTS), endpoint=False)
    return (0.5 + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)


def test_the_points_are_those_of_the_model_each_once() -> None:
    assert len(POINTS) == 131
    assert len(np.unique(POINTS)) == 131


@pytest.mark.parametrize(("channels", "smooth"), [(1, True), (3, False)])
def test_sketches_are_light_lines_on_black(channels: int, smooth: bool) -> None:
    sketches = draw_sketches(np.stack([circle(0.3), circle(0.4)]), 64, channels=channels, smooth=smooth)
    assert sketches.shape == (2, channels, 64, 64)
    assert sketches.dtype == np.float32
    assert sketches.max() == pytest.approx(GREY / 255, abs=0.02)
    assert 0.5 < (sketches == 0).mean() < 0.99
    assert (sketches == sketches[:, :1]).all()


def test_smooth_lines_follow_moves_of_a_part_of_a_pixel() -> None:
    points = circle(0.3)
    moved = points + np.float32(0.25 / 64)
    smooth = [draw_sketches(p[None], 64) for p in (points, moved)]
    whole = [draw_sketches(p[None], 64, smooth=False) for p in (points + 1e-4, points + 2e-4)]
    assert not np.array_equal(*smooth)
    np.testing.assert_array_equal(*whole)


def test_points_outside_the_crop_are_drawn_as_far_as_they_are_inside() -> None:
    sketch = draw_sketches(circle(0.8)[None], 64)
    assert sketch.shape == (1, 1, 64, 64)
