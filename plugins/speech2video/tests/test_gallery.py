"""Which identity a voice is given."""

import pytest
import torch

from talkface_speech2video.gallery import LARGER_SHARE, Gallery
from talkface_studio.nn.voice_print import PRINT_SIZE


@pytest.fixture
def gallery():
    known = Gallery(2, 3)
    known.codes.copy_(torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 9.0]]))
    known.centres.copy_(known.codes)
    known.voices.means.copy_(5 * torch.eye(3, PRINT_SIZE))
    return known


def test_a_known_voice_gets_its_own_clean_code(gallery):
    prints = gallery.voices.means[[1, 2]] + 0.05
    nu = torch.tensor([[1.9, 0.5], [0.3, 0.4]])
    # nu is nearer to others; they do not sound like this.
    assert torch.equal(gallery(nu, prints), gallery.codes[[1, 2]])


def test_a_stranger_gets_a_mixture_of_two_who_are_lent(gallery):
    nu, prints = torch.tensor([[0.1, 0.2]]), torch.full((1, PRINT_SIZE), 3.0)
    mixed = LARGER_SHARE * gallery.codes[0] + (1 - LARGER_SHARE) * gallery.codes[1]
    torch.testing.assert_close(gallery(nu, prints)[0], mixed)
    gallery.lent[0] = 0
    mixed = LARGER_SHARE * gallery.codes[1] + (1 - LARGER_SHARE) * gallery.codes[2]
    torch.testing.assert_close(gallery(nu, prints)[0], mixed)
    # Where fewer than two are lent there is no mixture to give.
    gallery.lent[1] = 0
    assert torch.equal(gallery(nu, prints)[0], gallery.codes[0])
