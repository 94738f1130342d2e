"""What is done to a photo before VG-net sees it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from talkface_atvg.config import preset
from talkface_atvg.mouth import hidden_share, mouth_maps, prepared_photos, with_cavity
from talkface_atvg.template import template as load_template

SIZE = 128
LIPS_RED = (0.4, -0.4, -0.4)


def face(gap: float) -> np.ndarray:
    """The template's 68 points in a crop of 128 px with the inner lips `gap` pixels apart, `(1, 68, 2)`."""
    points = load_template().mean * SIZE
    middle = points[60:68, 1].mean()
    points[60:68, 1] = middle
    points[[61, 62, 63], 1] -= gap / 2
    points[[65, 66, 67], 1] += gap / 2
    return points[None].astype(np.float32)


def test_nothing_is_done_for_the_paper():
    photos = torch.rand(1, 3, SIZE, SIZE) * 2 - 1
    assert torch.equal(prepared_photos(photos, face(0), face(6), preset("paper").vg_net), photos)


def test_one_photo_serves_several_frames():
    photos = torch.rand(1, 3, SIZE, SIZE) * 2 - 1
    source, target = np.repeat(face(0), 2, axis=0), np.concatenate([face(0), face(6)])
    prepared = prepared_photos(photos, source, target, preset("compact").vg_net)
    assert prepared.shape == (2, 6, SIZE, SIZE)
    above = np.s_[:, : SIZE // 3]
    torch.testing.assert_close(prepared[0, :3], photos[0], atol=1e-3, rtol=0)
    torch.testing.assert_close(prepared[1, :3][above], photos[0][above], atol=0.2, rtol=0)
    assert (prepared[1, :3] - photos[0]).abs().max() > 0.5
    warped_only = prepared_photos(photos, source, target, replace(preset("compact").vg_net, head="blend"))
    assert warped_only.shape == (2, 3, SIZE, SIZE)


@pytest.mark.parametrize(("shown", "wanted", "share"), [(0, 6, 1.0), (6, 6, 0.0), (8, 4, 0.0), (3, 6, 0.5)])
def test_share_of_the_inner_mouth_that_is_hidden(shown, wanted, share):
    assert hidden_share(face(shown), face(wanted))[0] == pytest.approx(share, abs=0.01)


def test_a_closed_mouth_opens_dark():
    photos = torch.tensor(LIPS_RED)[None, :, None, None].expand(1, 3, SIZE, SIZE)
    maps = mouth_maps(face(0), face(10), SIZE)
    opened = with_cavity(photos, maps, hidden_share(face(0), face(10)))
    inside = maps[0, 2] > 0.99
    assert inside.sum() > 50
    assert (opened[0][:, inside] + 1 < 0.7 * (photos[0][:, inside] + 1)).all()
    outside = maps[0, 2] == 0
    assert torch.equal(opened[0][:, outside], photos[0][:, outside])


def test_a_mouth_that_was_open_keeps_what_it_shows():
    photos = torch.rand(1, 3, SIZE, SIZE) * 2 - 1
    maps = mouth_maps(face(10), face(6), SIZE)
    torch.testing.assert_close(with_cavity(photos, maps, hidden_share(face(10), face(6))), photos)


def test_maps_of_a_closed_mouth_have_no_inside():
    maps = mouth_maps(face(0), face(0), SIZE)
    assert maps[0, 2].max() < 0.7
    assert maps[0, 1].max() > 0.9
    assert mouth_maps(face(0), face(8), SIZE)[0, 2].max() > 0.95
