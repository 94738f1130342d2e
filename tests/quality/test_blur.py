from __future__ import annotations

import math

import numpy as np
import pytest
from skimage import data

from talkface_studio.quality.blur import cumulative_probability, edge_widths, vertical_edges


def walked_width(grey, row, column):
    """Marziliano's walk, one pixel after the other."""
    down, right = np.gradient(grey)
    angle = round(math.degrees(math.atan2(down[row, column], right[row, column])) / 45) * 45
    if angle not in {0, 180, -180}:
        return 0
    sign = 1 if angle == 0 else -1
    width = 0
    for step in (-1, 1):
        place, walked = column + step, 0
        while 0 <= place + step < grey.shape[1] and walked < 100:
            if sign * step * (grey[row, place + step] - grey[row, place]) <= 0:
                break
            place += step
            walked += 1
        width += walked + 1
    return width


@pytest.mark.parametrize("variant", ["cpbd", "atvg"])
def test_widths_are_those_of_the_walk(variant):
    grey = np.round(data.astronaut()[60:124, 180:260] @ np.array([0.299, 0.587, 0.114]))
    edges = vertical_edges(grey, variant)
    widths = edge_widths(grey, edges)
    assert edges[1:-1, 1:-1].sum() > 100
    for row in range(1, grey.shape[0] - 1):
        for column in range(1, grey.shape[1] - 1):
            expected = walked_width(grey, row, column) if edges[row, column] else 0
            assert widths[row, column] == expected


def test_a_long_ramp_is_walked_a_hundred_pixels_each_way():
    ramp = np.tile(np.arange(250.0), (5, 1))
    everywhere = np.ones_like(ramp, dtype=bool)
    assert edge_widths(ramp, everywhere).max() == 202
    assert np.array_equal(edge_widths(255 - ramp, everywhere), edge_widths(ramp, everywhere))


def test_horizontal_edges_have_no_width():
    stripes = np.repeat(np.arange(64.0)[:, None] // 8 % 2 * 200, 64, axis=1)
    assert not vertical_edges(stripes).any()
    assert cumulative_probability(stripes) == 0.0


@pytest.mark.parametrize(("width", "expected"), [(1, 1.0), (9, 0.0)])
def test_a_single_edge_is_sharp_up_to_the_width_the_eye_notices(width, expected):
    """At a contrast above 50, blur is just noticed (63 %) at 3 pixels."""
    edge = np.clip((np.arange(64.0) - 32) / width + 0.5, 0, 1) * 200
    assert cumulative_probability(np.tile(edge, (64, 1))) == expected
