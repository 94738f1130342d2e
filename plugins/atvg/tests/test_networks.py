from dataclasses import replace

import numpy as np
import pytest
import torch

from talkface_atvg.at_net import AtNet
from talkface_atvg.config import preset
from talkface_atvg.discriminator import RegressionDiscriminator
from talkface_atvg.vg_net import VgNet, VgOutput


def size(module: torch.nn.Module) -> int:
    return sum(item.numel() for item in module.parameters())


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def test_paper_networks_have_the_published_sizes():
    config = preset("paper")
    with torch.device("meta"):
        assert size(AtNet(config.at_net)) == pytest.approx(30.1e6, rel=0.01)
        assert size(VgNet(config.vg_net)) == pytest.approx(58e6, rel=0.01)
        assert size(RegressionDiscriminator(config.discriminator)) == pytest.approx(20.9e6, rel=0.01)


def test_compact_networks_fit_six_megabytes_in_half_precision():
    config = preset("compact")
    with torch.device("meta"):
        assert 2 * (size(AtNet(config.at_net)) + size(VgNet(config.vg_net)) + 21 * 136) < 5.9e6
        assert size(RegressionDiscriminator(config.discriminator)) == pytest.approx(1.3e6, rel=0.05)


def test_at_net_computes_what_the_published_one_computes(reference, converted):
    with torch.inference_mode():
        out = converted.at_net(
            reference.image("mfcc", (1, 16, 28, 12)) * 20 - 10, reference.image("example", (1, 6)) * 2 - 1
        )
    np.testing.assert_allclose(out.numpy(), reference.golden["at_net"], atol=1e-5)


def test_vg_net_computes_what_the_published_one_computes(reference, converted):
    with torch.inference_mode():
        out = converted.vg_net(
            reference.image("photo", (1, 3, 128, 128)) * 2 - 1,
            reference.image("landmarks", (1, 4, 136)),
            reference.image("example_landmarks", (1, 136)),
        )
    for name in VgOutput._fields:
        np.testing.assert_allclose(
            getattr(out, name)[:, [0, 3]].numpy(), reference.golden[name], atol=1e-5, err_msg=name
        )


def test_published_recurrence_starts_every_frame_from_zero(reference, converted):
    """Their recurrence iterates over the batch: with one clip, a state carried over time is not what they compute."""
    net = converted.vg_net
    net.config = replace(net.config, recurrence="time")
    try:
        with torch.inference_mode():
            out = net(
                reference.image("photo", (1, 3, 128, 128)) * 2 - 1,
                reference.image("landmarks", (1, 4, 136)),
                reference.image("example_landmarks", (1, 136)),
            )
    finally:
        net.config = replace(net.config, recurrence="none")
    assert np.abs(out.frames[:, 0].numpy() - reference.golden["frames"][:, 0]).max() < 1e-5
    assert np.abs(out.frames[:, 3].numpy() - reference.golden["frames"][:, 1]).max() > 1e-4


@pytest.mark.parametrize("recurrence", ["time", "none"])
@pytest.mark.parametrize("norm", ["group", "batch", "instance"])
def test_last_frame_equals_the_sequence(recurrence, norm):
    net = VgNet(replace(preset("debug").vg_net, recurrence=recurrence, norm=norm)).eval()
    photo, landmarks, example = torch.rand(2, 6, 128, 128), torch.rand(2, 4, 136), torch.rand(2, 136)
    with torch.inference_mode():
        whole = net(photo, landmarks, example)
        last = net.render_last(photo, landmarks, example)
        cached = net.render_last(net.encode_photo(photo), landmarks, example)
    for name in VgOutput._fields:
        torch.testing.assert_close(getattr(whole, name)[:, -1:], getattr(last, name), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(getattr(cached, name), getattr(last, name))


def test_state_depends_on_earlier_landmarks_only_with_recurrence_in_time():
    for recurrence, differs in (("time", True), ("none", False)):
        net = VgNet(replace(preset("debug").vg_net, recurrence=recurrence)).eval()
        photo, landmarks, example = torch.rand(1, 6, 128, 128), torch.rand(1, 3, 136), torch.rand(1, 136)
        other = landmarks.clone()
        other[:, 0] += 1
        with torch.inference_mode():
            one, two = (net.render_last(photo, item, example).colour for item in (landmarks, other))
        assert torch.equal(one, two) is not differs


def test_one_photo_serves_many_frames():
    net = VgNet(preset("debug").vg_net).eval()
    photo, landmarks, example = torch.rand(1, 6, 128, 128), torch.rand(3, 2, 136), torch.rand(1, 136)
    with torch.inference_mode():
        shared = net.render_last(net.encode_photo(photo), landmarks, example)
        repeated = net.render_last(photo.expand(3, -1, -1, -1), landmarks, example.expand(3, -1))
    torch.testing.assert_close(shared.frames, repeated.frames)


def test_frames_blend_colour_and_photo():
    net = VgNet(preset("debug").vg_net).eval()
    photo = torch.rand(1, 6, 128, 128) * 2 - 1
    with torch.inference_mode():
        out = net(photo, torch.rand(1, 2, 136), torch.rand(1, 136))
    assert out.frames.shape == (1, 2, 3, 128, 128)
    assert out.attention.shape == (1, 2, 1, 128, 128)
    assert out.landmark_attention.shape == (1, 2, 1, 32, 32)
    expected = (photo[:, None, :3] + 2 * out.attention * out.colour).clamp(-1, 1)
    torch.testing.assert_close(out.frames, expected)


def test_bfloat16_stays_close():
    net = VgNet(preset("debug").vg_net).eval()
    inputs = torch.rand(1, 6, 128, 128), torch.rand(1, 2, 136), torch.rand(1, 136)
    with torch.inference_mode():
        exact = net(*inputs)
        with torch.autocast("cpu", torch.bfloat16):
            fast = net(*inputs)
    assert fast.frames.dtype == torch.float32
    assert (fast.frames - exact.frames).abs().mean() < 0.01


def test_every_parameter_learns():
    config = preset("debug")
    vg_net, judge = VgNet(config.vg_net), RegressionDiscriminator(config.discriminator)
    out = vg_net(torch.rand(2, 6, 128, 128), torch.rand(2, 3, 136), torch.rand(2, 136))
    decision, landmarks = judge(out.frames, torch.rand(2, 136))
    assert decision.shape == (2,)
    assert landmarks.shape == (2, 3, 136)
    (decision.sum() + landmarks.square().sum() + out.colour.sum()).backward()
    for module in (vg_net, judge):
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name


def test_dilated_outputs_do_not_depend_on_the_window():
    net = AtNet(preset("debug").at_net).eval()
    speech = torch.randn(1, 40, 2, 768)
    context = net.config.context
    assert context == 3
    with torch.inference_mode():
        whole = net(speech)
        part = net(speech[:, 10 - context : 20 + context])
    torch.testing.assert_close(part[:, context:-context], whole[:, 10:20], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("speech", ["mfcc", "whisper-tiny.en"])
@pytest.mark.parametrize("temporal", ["lstm", "dilated"])
def test_at_net_switches(speech, temporal):
    small = {"convolutions": (2, 2, 2, 2, 2), "audio_hidden": 8, "audio_size": 8, "hidden": 8}
    net = AtNet(replace(preset("paper").at_net, speech=speech, temporal=temporal, **small))
    inputs = torch.randn(2, 5, 28, 12) if speech == "mfcc" else torch.randn(2, 5, 2, 768)
    assert net(inputs, torch.randn(2, 6)).shape == (2, 5, 6)
    with pytest.raises(ValueError, match="example"):
        net(inputs)


def test_noise_and_dropout_act_in_training_only():
    net = AtNet(preset("compact").at_net)
    speech = torch.randn(1, 4, 2, 768)
    assert not torch.equal(net.train()(speech), net(speech))
    assert torch.equal(net.eval()(speech), net(speech))
