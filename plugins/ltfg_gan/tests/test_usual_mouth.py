from dataclasses import replace

import pytest
import torch

from talkface_ltfg_gan.config import preset
from talkface_ltfg_gan.lip_gap import LOWER_LIP, UPPER_LIP, lip_gap
from talkface_ltfg_gan.usual_mouth import UsualMouth, closed_mouth

COMPACT = preset("compact").landmark_generator
SHARE = 0.5
OPENINGS = torch.tensor([0.0, 0.0, *[0.04] * 6])


@pytest.fixture
def mouth():
    """To others it is usual that in talking the lower lip is 0.02 and the jaw 0.01 lower than with the mouth closed."""
    known = UsualMouth(replace(COMPACT, person_share=SHARE))
    known.usual[LOWER_LIP, 1] = 0.02
    known.usual[:17, 1] = 0.01
    return known


def talking(openings: torch.Tensor, *, jaw: float, side: float = 0.0) -> torch.Tensor:
    """References `(1, N, 57, 2)` of lips that are so far apart, and a jaw that comes down by a share `jaw` of that.

    Where they are apart the whole mouth is `side` further right.
    """
    points = torch.full((1, len(openings), 57, 2), 0.5)
    points[:, :, LOWER_LIP, 1] += openings
    points[:, :, :17, 1] += jaw * openings[:, None]
    points[:, :, 17:, 0] += side * (openings > 0)[:, None]
    return points


def test_one_who_talks_like_others_begins_with_the_closed_mouth(mouth):
    """However far the lips are apart: speech says that."""
    for openings in (OPENINGS, 3 * OPENINGS):
        references = talking(openings, jaw=0.5)
        torch.testing.assert_close(mouth(references), closed_mouth(references))


def test_a_low_jaw_and_a_mouth_to_one_side_are_kept(mouth):
    references = talking(OPENINGS, jaw=0.75, side=0.01)
    begins = mouth(references) - closed_mouth(references)
    # Of eight references one is the closed mouth, and in six the lips are apart.
    assert begins[0, 0, :17, 1] == pytest.approx(SHARE * 0.25 * 0.04 * 6 / 8, abs=1e-6)
    assert begins[0, 0, 17:, 0] == pytest.approx(SHARE * 0.01 * 6 / 8, abs=1e-6)
    assert lip_gap(begins) == pytest.approx(0, abs=1e-6)


def test_with_all_of_it_usual_moves_lead_to_where_the_person_is_on_average(mouth):
    mouth.share = 1.0
    references = talking(torch.tensor([0.0, 0.01, 0.02, 0.05]), jaw=0.9, side=-0.02)
    torch.testing.assert_close((mouth(references) + mouth.usual)[0, 0], references.mean(dim=1)[0])


def test_of_one_picture_or_of_one_who_keeps_silent_only_the_closed_mouth_is_known(mouth):
    for silent in (talking(torch.zeros(8), jaw=0.9), talking(OPENINGS, jaw=0.9)[:, 3:4]):
        assert torch.equal(mouth(silent), closed_mouth(silent))


def test_before_anything_was_learned_and_from_silent_clips_nothing_is_known():
    mouth = UsualMouth(replace(COMPACT, person_share=SHARE))
    references = talking(OPENINGS, jaw=0.75)
    for low in (0.0, 0.01):
        mouth.usual[:17, 1] = low
        assert torch.equal(mouth(references), closed_mouth(references))


def test_the_closed_mouth_is_the_mean_of_the_most_closed():
    references = torch.rand(2, 16, 57, 2)
    gap = torch.linspace(0.1, 0.4, 16)[torch.randperm(16, generator=torch.Generator().manual_seed(3))]
    references[:, :, LOWER_LIP, 1] = references[:, :, UPPER_LIP, 1] + gap
    two = gap.argsort()[:2]
    assert torch.allclose(closed_mouth(references), references[:, two].mean(dim=1, keepdim=True))
    assert torch.equal(closed_mouth(references[:, :1]), references[:, :1])
