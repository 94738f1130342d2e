"""Pieces of a timeline's sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.dubbing.hearing import Heard, Hearing
from talkface_studio.media.audio import AudioReader

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.fixture
def hearing():
    made = Hearing()
    yield made
    made.close()


def test_at_the_file_s_own_rate_a_piece_is_the_file(hearing) -> None:
    with AudioReader(SAMPLES / "speech.wav") as reader:
        rate, clip = reader.rate, reader.read(1.5, 2.0).samples
    parts = [Heard(SAMPLES / "speech.wav", start=10.0, end=20.0, offset=1.0)]
    mixed = hearing.mix(parts, 10.5, 0.5, rate)
    np.testing.assert_allclose(mixed[:, 0] / 32767, clip.mean(axis=0), atol=1e-4)


def test_pieces_join_without_a_seam_at_another_rate(hearing) -> None:
    parts = [Heard(SAMPLES / "speech.wav", start=0.1234, end=9.0, offset=0.777)]
    whole = hearing.mix(parts, 0.5, 2.0, 44_100)
    pieces = np.concatenate([hearing.mix(parts, 0.5 + 0.5 * n, 0.5, 44_100) for n in range(4)])
    assert np.abs(whole.astype(int) - pieces).max() <= 2
    assert np.abs(whole).max() > 1000


def test_outside_its_stretch_a_part_is_silent_and_parts_add_up(hearing) -> None:
    one = [Heard(SAMPLES / "speech.wav", start=0.2, end=0.4, offset=2.0)]
    alone, twice = hearing.mix(one, 0.0, 0.5, 48_000), hearing.mix(one * 2, 0.0, 0.5, 48_000)
    assert not alone[:9600].any()
    assert not alone[19_200:].any()
    assert alone[9600:19_200].any()
    assert np.abs(twice - 2 * alone.astype(int)).max() <= 1


def test_a_file_that_is_not_there(hearing, tmp_path) -> None:
    with pytest.raises(MediaError, match=r"none\.wav"):
        hearing.mix([Heard(tmp_path / "none.wav", 0.0, 1.0)], 0.0, 0.5, 48_000)
