import numpy as np
import pytest
import torch
from skimage import data

from talkface_studio.nn.flow import shepard_flow, warp


def points(*places: tuple[float, float]) -> torch.Tensor:
    return torch.tensor([places], dtype=torch.float32)


def test_points_that_stay_move_nothing() -> None:
    places = points((20, 30), (64, 64), (100, 90))
    assert shepard_flow(places, places, 128).abs().max() < 1e-5


def test_a_point_arrives_where_it_was_sent() -> None:
    source, target = points((64, 60), (30, 30), (98, 30)), points((64, 72), (30, 30), (98, 30))
    picture = torch.zeros(1, 1, 128, 128)
    picture[0, 0, 58:63, 62:67] = 1
    moved = warp(picture, shepard_flow(source, target, 128))[0, 0]
    y, x = np.unravel_index(int(moved.argmax()), moved.shape)
    assert abs(y - 72) <= 3
    assert abs(x - 64) <= 3
    assert moved[58:61, 62:67].mean() < 0.5


def test_the_border_stays() -> None:
    flow = shepard_flow(points((64, 64)), points((64, 80)), 128)
    assert flow[0, :, 0].abs().max() < 4
    assert flow[0, 1, 80, 64] == pytest.approx(-16, abs=2)


def test_no_flow_gives_the_picture_back() -> None:
    picture = torch.from_numpy(data.astronaut()[:128, 150:278].copy()).permute(2, 0, 1)[None].float()
    torch.testing.assert_close(warp(picture, torch.zeros(1, 2, 128, 128)), picture, atol=1e-2, rtol=0)


def test_neighbours_that_move_apart_both_arrive() -> None:
    """Lips: a plain mean of moves would leave them short of their places."""
    source = points((56, 64), (64, 62), (64, 66), (72, 64))
    target = points((56, 64), (64, 63.8), (64, 64.2), (72, 64))

    def missed(corrections: int) -> float:
        flow = shepard_flow(source, target, 128, corrections=corrections)
        return float(torch.abs(flow[0, 1, 63, 64] - (62 - 63.8)) + torch.abs(flow[0, 1, 65, 64] - (66 - 64.2)))

    assert missed(4) < 0.75 * missed(0)


def test_a_part_of_the_flow_is_that_part_of_the_whole() -> None:
    source, target = points((50, 60), (80, 100), (30, 30)), points((52, 66), (78, 104), (30, 30))
    whole = shepard_flow(source, target, 128, grid=32)
    part = shepard_flow(source, target, 128, grid=32, top=64, left=16)
    torch.testing.assert_close(part, whole[:, :, 64:, 16:-16])


def test_flow_is_in_single_precision_under_autocast() -> None:
    source, target = points((50, 60), (80, 100), (30, 30)), points((52, 66), (78, 104), (30, 30))
    whole = shepard_flow(source, target, 128)
    with torch.autocast("cpu", torch.bfloat16):
        again = shepard_flow(source, target, 128)
    torch.testing.assert_close(again, whole)


def test_weights_are_those_of_the_definition() -> None:
    """In double precision, by the formula: without corrections a flow is a plain weighted mean."""
    rng = np.random.default_rng(0)
    target = rng.uniform(10, 118, (1, 60, 2))
    moves = rng.normal(0, 3, (1, 60, 2))
    flow = shepard_flow(*(torch.from_numpy(each).float() for each in (target + moves, target)), 128, corrections=0)
    steps = np.array([0, 31.75, 63.5, 95.25])
    border = [(x, 0) for x in steps] + [(127, x) for x in steps] + [(127 - x, 127) for x in steps]
    border += [(0, 127 - x) for x in steps]
    places, whole = np.concatenate([target[0], border]), np.concatenate([moves[0], np.zeros((16, 2))])
    for column, row in ((0, 0), (127, 0), (0, 127), (127, 127)):
        weights = (((places - (column, row)) ** 2).sum(axis=1) + 4) ** -1.5
        expected = (weights[:, None] * whole).sum(axis=0) / weights.sum()
        np.testing.assert_allclose(flow[0, :, row, column], expected, atol=1e-4)
