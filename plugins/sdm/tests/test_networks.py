from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from talkface_sdm.config import POSE, preset
from talkface_sdm.denoiser import Denoiser, StepPredictor, condition_of, condition_size, schedule_of
from talkface_sdm.motion_network import STRIDE, MotionNetwork, interpolated
from talkface_sdm.picture_denoiser import PictureDenoiser, refined
from talkface_sdm.renderer import GROUPS, Renderer, heat_maps, in_region, region_matrix
from talkface_sdm.weights import ablated_networks, build_networks, load_networks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.diffusion import sample

B, T = 2, 30


def inputs(config, seed=1):
    random = torch.Generator().manual_seed(seed)
    speech, motion = config.speech, config.motion
    return (
        torch.rand(B, T, speech.steps, speech.inputs, generator=random),
        torch.rand(B, T, 6, generator=random),
        torch.rand(B, motion.size, generator=random),
        torch.randn(B, T, motion.latent, generator=random),
    )


@pytest.mark.parametrize("name", ["paper", "compact", "debug"])
def test_shapes_and_sizes(name) -> None:
    torch.manual_seed(0)
    config = preset(name)
    net, denoiser = MotionNetwork(config).eval(), Denoiser(config).eval()
    given = inputs(config)
    with torch.inference_mode():
        auxiliary = net(*given)
        condition = condition_of(auxiliary, given[1])
        noise = denoiser(auxiliary.motion[..., : config.motion.diffused], torch.tensor([0, 99]), condition)
    assert auxiliary.motion.shape == (B, T, config.motion.size)
    # Where chance decides the pose alone, the pose alone is diffused.
    assert noise.shape == (B, T, config.motion.size if name == "paper" else 6)
    assert condition.shape == (B, T, condition_size(config))
    if config.diffusion.around == "zero":
        # The last layer starts at zero, and so does the answer.
        assert noise.abs().max() == 0
    sizes = {module: sum(p.numel() for p in module.parameters()) for module in (net, denoiser)}
    if name == "paper":
        assert sizes[denoiser] == pytest.approx(15.1e6, rel=0.1)
    if name == "compact":
        total = sum(sizes.values()) + sum(p.numel() for p in Renderer(config.renderer).parameters())
        assert total < 3e6


def test_a_frame_depends_on_the_one_before_and_on_z(debug) -> None:
    net = debug.motion
    speech, rhythm, first, z = inputs(debug.config)
    with torch.inference_mode():
        one, other = net(speech, rhythm, first, z).pose, net(speech, rhythm, first + 0.5, z).pose
        varied = z.clone()
        varied[:, 10:] += 1
        late = net(speech, rhythm, first, varied).pose
    assert (one[:, 0] - other[:, 0]).abs().max() > 1e-4
    torch.testing.assert_close(one[:, :10], late[:, :10])
    assert (one[:, 10, :POSE] - late[:, 10, :POSE]).abs().max() > 1e-4


def test_chance_is_the_heads_alone_where_f_dec_moves_the_face_too(debug) -> None:
    config = replace(debug.config, face=replace(debug.config.face, apart=False))
    torch.manual_seed(0)
    net = MotionNetwork(config).eval()
    speech, rhythm, first, z = inputs(config)
    with torch.inference_mode():
        one, other = (net(speech, rhythm, first, noise).pose for noise in (z, -z))
    assert (one[..., :POSE] - other[..., :POSE]).abs().max() > 1e-4
    torch.testing.assert_close(one[..., POSE:], other[..., POSE:])


def test_ablations_leave_their_part_out_and_share_the_rest(debug) -> None:
    given = inputs(debug.config)
    rows = ("full", "no pose motion", "no rhythm", "no shallow diffusion")
    with torch.inference_mode():
        full, still, steady, rough = (ablated_networks(debug, row).motion(*given) for row in rows)
    torch.testing.assert_close(full.pose + full.rhythm, full.motion)
    assert still.pose.abs().max() == 0
    assert steady.rhythm.abs().max() == 0
    torch.testing.assert_close(still.motion, full.rhythm)
    torch.testing.assert_close(steady.motion, full.pose)
    torch.testing.assert_close(rough.motion, full.motion)
    assert debug.motion.config.motion.rhythm


def test_a_face_apart_hears_the_speech_around_a_frame_alone(debug) -> None:
    face, speech = debug.face, inputs(debug.config)[0]
    reach = 3
    later = speech.clone()
    later[:, 20:] += 1
    with torch.inference_mode():
        one, other = face(speech), face(later)
    assert one.shape == (B, T, 136)
    torch.testing.assert_close(one[:, : 20 - reach], other[:, : 20 - reach])
    assert (one[:, 20 - reach] - other[:, 20 - reach]).abs().max() > 1e-5


def test_z_is_the_knots_and_as_wide_between_them() -> None:
    knots = torch.randn(2000, 7, 2, generator=torch.Generator().manual_seed(0))
    z = interpolated(knots, STRIDE, 5, 40)
    torch.testing.assert_close(z[:, STRIDE - 5], knots[:, 1])
    assert z.std(dim=(0, 2)).min() > 0.95
    # A window that begins later has the same z.
    torch.testing.assert_close(interpolated(knots, STRIDE, 15, 30), z[:, 10:])


def test_the_posterior_has_a_knot_for_each_stride(debug) -> None:
    net = debug.motion
    speech, _, _, _ = inputs(debug.config)
    with torch.inference_mode():
        found = net.posterior(torch.rand(B, T, debug.config.motion.size), net.content(speech))
    assert found.mean.shape == (B, T // STRIDE + 2, debug.config.motion.latent)


def test_a_learned_prior_draws_z_from_the_speech(debug) -> None:
    config = replace(debug.config, motion=replace(debug.config.motion, learned_prior=True))
    torch.manual_seed(0)
    net = MotionNetwork(config).eval()
    content = net.content(inputs(config)[0])
    noise = torch.zeros(B, T, config.motion.latent)
    assert net.drawn(content, noise).std() > 0
    assert debug.motion.drawn(content, noise) is noise


def around(config, rough: torch.Tensor) -> torch.Tensor:
    """A condition whose F^aux is `rough` where it is diffused."""
    B, T, size = rough.shape
    before, behind = condition_size(config) - config.motion.size, config.motion.size - size
    return torch.cat([torch.zeros(B, T, before), rough, torch.zeros(B, T, behind)], dim=2)


def test_an_untrained_denoiser_guesses_as_well_as_can_be_without_learning() -> None:
    """Truth around F^aux with a known spread, and noise: no other linear guess comes nearer to the truth."""
    config = preset("debug")
    net = Denoiser(config).eval()
    net.spread.fill_(0.3)
    size = config.motion.diffused
    random = torch.Generator().manual_seed(0)
    rough = torch.randn(64, 50, size, generator=random)
    truth = rough + 0.3 * torch.randn(rough.shape, generator=random)
    noise = torch.randn(rough.shape, generator=random)
    condition = around(config, rough)
    schedule = schedule_of(config)
    for number in (5, 40, 80):
        step = torch.full((64,), number)
        noised = schedule.noised(truth, number, noise)
        with torch.inference_mode():
            clean = schedule.clean(noised, number, net(noised, step, condition))
            doubt = net.doubt(step)
        error = (clean - truth).square().mean().sqrt().item()
        variance = (1 - schedule.at(number)) / schedule.at(number)
        assert error == pytest.approx((0.09 * variance / (0.09 + variance)) ** 0.5, rel=0.02)
        # `doubt` says what that is in the noise.
        assert doubt.mean().item() == pytest.approx(error / variance**0.5, rel=0.02)


def test_without_noise_shallow_diffusion_gives_the_rough_motion_back() -> None:
    config = preset("debug")
    net, schedule = Denoiser(config).eval(), schedule_of(config)
    rough = torch.randn(1, 30, config.motion.diffused, generator=torch.Generator().manual_seed(0))
    condition = around(config, rough)
    start = schedule.noised(rough, 59, torch.zeros_like(rough))
    with torch.inference_mode():
        made = sample(schedule, lambda x, step: net(x, torch.full((1,), step), condition), start, 60, stride=6)
    torch.testing.assert_close(made, rough, atol=1e-4, rtol=1e-4)


def test_the_predictor_says_one_number_a_window(debug) -> None:
    predictor = StepPredictor(debug.config)
    assert predictor(torch.rand(3, 25, debug.config.motion.diffused), torch.tensor([0, 5, 99])).shape == (3,)


def test_an_untrained_renderer_shows_the_picture_it_is_given(debug) -> None:
    config = debug.config.renderer
    size = config.size
    smooth = torch.linspace(0, 1, size).expand(1, 3, size, size)
    points = torch.rand(1, 68, 2)
    with torch.inference_mode():
        made = debug.renderer(smooth, heat_maps(points, size), heat_maps(points + 0.05, size))
    assert made.shape == smooth.shape
    assert (made - smooth).abs().mean() < 0.05


def test_an_untrained_denoiser_of_pictures_keeps_to_the_coarse_one() -> None:
    """K additions of noise and back, whatever the noise: as far off as the coarse picture is known to be."""
    config = preset("debug")
    net = PictureDenoiser(config).eval()
    random = torch.Generator().manual_seed(0)
    coarse = torch.rand(2, 3, 32, 32, generator=random) - 0.5
    condition = torch.cat([coarse, torch.zeros(2, len(GROUPS), 32, 32)], dim=1)
    noise = torch.randn(coarse.shape, generator=random)
    with torch.inference_mode():
        made = {}
        for spread in (0.02, 0.2):
            net.spread.fill_(spread)
            made[spread] = (refined(net, schedule_of(config), condition, noise) - coarse).abs().mean().item()
        repeated = refined(net, schedule_of(config), condition, noise)
    assert 0 < made[0.02] < 0.02 < made[0.2] < 0.2
    assert (repeated - coarse).abs().mean().item() == made[0.2]


def test_heat_maps_are_high_at_their_landmarks() -> None:
    points = torch.full((1, 68, 2), 0.5)
    points[0, 48] = torch.tensor([0.25, 0.75])
    maps = heat_maps(points, 32)
    assert maps.shape == (1, len(GROUPS), 32, 32)
    assert maps[0, 6, 23:25, 7:9].min() > 0.5
    assert maps[0, 6, 7:9, 23:25].max() < 0.1


def test_the_region_lies_around_the_mouth(crop, debug) -> None:
    from talkface_studio.api.landmarks import IBUG68

    ibug = crop.landmarks[IBUG68, :2]
    config = debug.config.renderer
    places = in_region(ibug, region_matrix(ibug, 45.0, config), config.size)
    middle = (places[48:].min(axis=0) + places[48:].max(axis=0)) / 2
    assert middle == pytest.approx([0.5, 0.5], abs=0.02)
    assert 0.2 < places[48, 0] < places[54, 0] < 0.8


def test_weights_come_back_with_their_start(debug, tmp_path) -> None:
    debug.denoiser.start.fill_(37)
    try:
        save_networks(tmp_path / "a.safetensors", debug, half=False)
        loaded = load_networks(tmp_path / "a.safetensors")
    finally:
        debug.denoiser.start.fill_(50)
    assert loaded.start == 37
    assert loaded.config == debug.config
    for name, value in debug.motion.state_dict().items():
        torch.testing.assert_close(loaded.motion.state_dict()[name], value)


def test_weights_that_do_not_fit_are_refused(debug, tmp_path) -> None:
    broken = build_networks(debug.config)
    broken.denoiser.start.fill_(0)
    save_networks(tmp_path / "b.safetensors", broken)
    with pytest.raises(WeightsError, match="cannot start at 0"):
        load_networks(tmp_path / "b.safetensors")
    (tmp_path / "c.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="not a readable safetensors"):
        load_networks(tmp_path / "c.safetensors")
