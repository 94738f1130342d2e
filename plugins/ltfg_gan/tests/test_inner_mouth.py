"""What is seen between the lips, on drawn mouths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from talkface_ltfg_gan.inner_mouth import UNSEEN, InnerMouths, inner_mask
from talkface_ltfg_gan.sketch import POINTS
from talkface_studio.api.landmarks import INNER_LIPS
from talkface_studio.api.values import ByteArray, FloatArray

L = 128
TEETH, DARK, LIP = 220, 20, 120
TOP = 60


def mouth(opening: float) -> FloatArray:
    """Points of a mouth whose upper lip stays where it is, `(131, 2)`; all others lie still."""
    points = np.full((len(POINTS), 2), 40.0, np.float32)
    x = np.linspace(40, 88, 11)
    edge = 1 - np.abs(np.linspace(-1, 1, 11)) ** 4
    upper, lower = np.stack([x, np.full(11, TOP)], 1), np.stack([x, TOP + opening * edge], 1)
    points[-len(INNER_LIPS) :] = np.concatenate([upper, lower[1:-1][::-1]])
    return points


def picture(points: FloatArray, teeth: int = TEETH) -> ByteArray:
    """Lips everywhere, and in the mouth six rows of teeth above the dark."""
    shown = np.full((L, L, 3), LIP, np.uint8)
    inside = inner_mask(points, L)
    rows = np.arange(L)[:, None]
    shown[inside & (rows < TOP + 6)] = teeth
    shown[inside & (rows >= TOP + 6)] = DARK
    return shown


def column(frame: ByteArray) -> list[int]:
    return [int(value) for value in frame[TOP : TOP + 30, 64, 0]]


def shown(known: list[FloatArray], wanted: FloatArray, weights: list[float], teeth: list[int]) -> ByteArray:
    pictures = np.stack([picture(points, bright) for points, bright in zip(known, teeth, strict=True)])
    frame = np.full((L, L, 3), LIP, np.uint8)
    mouths = InnerMouths.of(pictures, np.stack(known))
    mouths.show(frame, wanted, np.arange(len(known)), np.array(weights, np.float32))
    return frame


@pytest.mark.parametrize("opening", [9.0, 24.0])
def test_teeth_keep_their_size_where_a_mouth_opens_wider_than_its_reference(opening: float) -> None:
    frame = shown([mouth(10)], mouth(opening), [1], [TEETH])
    bright = sum(value > (TEETH + LIP) / 2 for value in column(frame))
    assert 4 <= bright <= 6
    if opening > 20:
        # Below them it is dark, and nothing of the reference's lip is seen.
        assert max(column(frame)[10:22]) < 40
    outside = ~inner_mask(mouth(opening), L)
    assert (frame[outside] == LIP).mean() > 0.99


def test_one_reference_shows_where_two_disagree_and_both_where_they_change_places() -> None:
    alone = column(shown([mouth(10), mouth(10)], mouth(10), [1, 0.3], [TEETH, DARK]))
    assert max(alone) == TEETH
    halves = column(shown([mouth(10), mouth(10)], mouth(10), [1, 1], [TEETH, DARK]))
    assert max(halves) == pytest.approx((TEETH + DARK) / 2, abs=2)


def test_the_inside_changes_smoothly_with_the_mouth() -> None:
    frames = [shown([mouth(10)], mouth(opening), [1], [TEETH]).astype(int) for opening in np.arange(8, 20, 0.1)]
    assert max(np.abs(b - a).max() for a, b in pairwise(frames)) < 40


def test_a_closed_mouth_is_left_as_it_is_and_of_closed_references_the_dark_is_shown() -> None:
    np.testing.assert_array_equal(shown([mouth(10)], mouth(0), [1], [TEETH]), LIP)
    still = np.zeros((1, L, L, 3), np.uint8)
    away = np.full((1, len(POINTS), 2), -50.0, np.float32)
    np.testing.assert_allclose(InnerMouths.of(still, away).dark, UNSEEN)
