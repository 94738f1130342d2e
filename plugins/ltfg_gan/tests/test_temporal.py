from dataclasses import replace

import pytest
import torch

from talkface_ltfg_gan.config import preset
from talkface_ltfg_gan.landmark_generator import landmark_generator
from talkface_ltfg_gan.lip_gap import LOWER_LIP
from talkface_ltfg_gan.recipe.losses import squared_loss
from talkface_ltfg_gan.temporal import REACH, TemporalLandmarks
from talkface_ltfg_gan.usual_mouth import closed_mouth


@pytest.fixture
def small():
    torch.manual_seed(0)
    config = preset("compact").landmark_generator
    net = landmark_generator(replace(config, speech=replace(config.speech, width=16, feature_size=8))).eval()
    assert isinstance(net, TemporalLandmarks)
    torch.nn.init.normal_(net.content.weight)
    return net


def windows(T: int, N: int = 4):
    pose, content = torch.rand(1, T, 74, 2), torch.rand(1, N, 57, 2)
    return torch.randn(1, T, 4, 8), pose, torch.rand(1, N, 74, 2), content


def test_the_kept_frames_have_all_the_context_that_they_hear():
    config = preset("compact").landmark_generator
    assert (config.window - config.kept) // 2 >= REACH


def test_a_frame_hears_no_further_than_its_reach(small):
    speech, *faces = windows(2 * REACH + 3)
    with torch.inference_mode():
        before = small(speech, *faces)[0, REACH + 1]
        far, near = speech.clone(), speech.clone()
        far[:, [0, -1]] += 1
        near[:, [1, -2]] += 1
        assert torch.equal(small(far, *faces)[0, REACH + 1], before)
        assert not torch.equal(small(near, *faces)[0, REACH + 1], before)


def test_only_where_the_mouth_is_is_known_of_a_person(small):
    speech, pose, reference_pose, content = windows(5, N=16)
    with torch.inference_mode():
        out = small(speech, pose, reference_pose, content)
        assert torch.equal(small(speech, pose + 1, reference_pose * 2, content), out)
        moved = small(speech, pose, reference_pose, content + 0.25) - out
    assert moved == pytest.approx(0.25, abs=1e-5)


def test_a_linear_function_is_shown_beside_the_network_once_training_is_over():
    config = preset("compact").landmark_generator
    quiet = replace(config.speech, width=16, feature_size=8, dropout=0.0, feature_noise=0.0)
    net = landmark_generator(replace(config, speech=quiet, dropout=0.0, person_share=0.0))
    assert isinstance(net, TemporalLandmarks)
    assert net.linear is not None
    torch.nn.init.normal_(net.content.weight)
    net.linear.offset.fill_(0.5)
    seen = windows(5)
    closed = closed_mouth(seen[-1])
    with torch.inference_mode():
        learning, shown = net.train()(*seen) - closed, net.eval()(*seen) - closed
    torch.testing.assert_close(shown, 0.4 * learning + 0.3)
    mel = landmark_generator(replace(config, speech=replace(config.speech, kind="log_mel", front="conformer")))
    assert isinstance(mel, TemporalLandmarks)
    assert mel.linear is None


def test_squared_loss_weighs_moves_and_the_gap():
    truth = torch.zeros(1, 3, 57, 2)
    predicted = truth.clone()
    predicted[0, 1, LOWER_LIP, 1] = 0.3
    place, moves, gap = 0.09 / (3 * 57 * 2), 2 * 0.09 / (2 * 57 * 2), 0.09 / 3
    loss = squared_loss(predicted, truth, velocity_weight=0.5, opening_weight=2.0)
    assert loss.item() == pytest.approx(place + 0.5 * moves + 2 * gap, rel=1e-5)
