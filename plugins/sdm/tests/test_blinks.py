from __future__ import annotations

import numpy as np

from talkface_sdm.blinks import Blinks

TIMES = np.arange(0, 600, 0.02)


def count(closure: np.ndarray) -> int:
    shut = closure > 0.9
    return int((np.diff(shut.astype(int)) == 1).sum())


def test_blinks_come_about_as_often_as_asked() -> None:
    for rate in (6.0, 16.0, 40.0):
        assert 0.8 * rate < count(Blinks(rate, 0).at(TIMES)) / 10 < 1.2 * rate
    assert Blinks(0, 0).at(TIMES).max() == 0


def test_lids_are_open_most_of_the_time_and_close_quickly() -> None:
    closure = Blinks(16, 1).at(TIMES)
    assert (closure == 0).mean() > 0.85
    assert 0.95 < closure.max() <= 1
    assert np.abs(np.diff(closure)).max() < 0.5


def test_an_instant_does_not_depend_on_who_asks_and_seeds_differ() -> None:
    one, again, other = Blinks(16, 3), Blinks(16, 3), Blinks(16, 4)
    np.testing.assert_array_equal(one.at(TIMES)[500:900], again.at(TIMES[500:900]))
    assert np.abs(one.at(TIMES) - other.at(TIMES)).max() > 0.9
