"""Which identity a voice is given, and what the decoder learns of mixtures."""

import numpy as np
import pytest
import torch

from talkface_speech2video.gallery import LARGER_SHARE, Gallery
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.morphs import Seen, morph
from talkface_speech2video.recipe.settings import settings
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


def test_a_morph_is_as_sharp_as_its_pictures_and_of_a_shape_between_theirs(dataset):
    passage = Voices.open(dataset, settings("debug", {}).model).training[0]
    one, other = (Seen(passage.pictures(np.array([i]), 96)[0], passage.mesh(i, 96)) for i in (0, passage.frames - 1))
    assert np.abs(morph(one, one, 0.6).astype(int) - one.picture).mean() < 1
    wide = Seen(other.picture, other.mesh + np.array([0, 6]) * (other.mesh[:, 1:] > 55))
    made = morph(one, wide, 0.6)
    assert np.abs(made.astype(int) - one.picture).mean() > 0.5
    edges = [np.abs(np.diff(picture.astype(int), axis=0)).mean() for picture in (made, one.picture)]
    assert edges[0] > 0.8 * edges[1]
    # The first picture alone has hair and clothes.
    assert np.abs(made[:4].astype(int) - one.picture[:4]).max() < 30
