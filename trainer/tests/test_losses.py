from math import log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from talkface_trainer import losses
from talkface_trainer.discriminators import MultiScaleDiscriminator, PatchDiscriminator

PAIRS = [
    (losses.bce_discriminator_loss, losses.bce_generator_loss, 2 * log(2), log(2)),
    (losses.lsgan_discriminator_loss, losses.lsgan_generator_loss, 0.5, 0.5),
    (losses.hinge_discriminator_loss, losses.hinge_generator_loss, 2.0, 0.0),
]


@pytest.mark.parametrize(("discriminator", "generator", "chance", "undecided"), PAIRS)
def test_adversarial_losses(discriminator, generator, chance, undecided):
    nothing, yes, no = torch.zeros(2, 1, 4, 4), torch.full((2, 1, 4, 4), 3.0), torch.full((2, 1, 4, 4), -3.0)
    assert float(discriminator(nothing, nothing)) == pytest.approx(chance)
    assert float(generator(nothing)) == pytest.approx(undecided)
    assert generator(yes) < generator(nothing) or discriminator is losses.lsgan_discriminator_loss
    assert discriminator(yes, no) < discriminator(no, yes)
    assert float(discriminator([yes, nothing], [no, nothing])) == pytest.approx(
        (float(discriminator(yes, no)) + chance) / 2
    )


def test_least_squares_losses_have_their_minimum_at_one_and_zero():
    one, zero = torch.ones(3), torch.zeros(3)
    assert float(losses.lsgan_discriminator_loss(one, zero)) == 0
    assert float(losses.lsgan_generator_loss(one)) == 0


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 5), st.integers(1, 15))
def test_masked_l1_does_not_depend_on_the_size_of_the_mask(error, height):
    target = torch.zeros(1, 3, 16, 16)
    mask = torch.zeros(1, 1, 16, 16)
    mask[:, :, :height] = 1
    assert float(losses.masked_l1_loss(target + error * mask, target, mask)) == pytest.approx(error, rel=1e-4)
    assert float(losses.masked_l1_loss(target + error * (1 - mask), target, mask)) == 0
    assert float(losses.weighted_l1_loss(target + error, target, mask)) == pytest.approx(error * height / 16, rel=1e-4)


def test_masked_l1_of_an_empty_mask_is_zero():
    assert float(losses.masked_l1_loss(torch.ones(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 1, 4, 4))) == 0


def test_velocity_loss_sees_movement_and_not_place():
    still = torch.zeros(2, 5, 7, 2)
    moving = torch.arange(5.0).view(1, 5, 1, 1).expand(2, 5, 7, 2)
    assert float(losses.velocity_loss(moving + 10, moving)) == 0
    assert float(losses.velocity_loss(still, moving)) == 1
    assert float(losses.velocity_loss(moving[:, :1], still[:, :1])) == 0


def test_weighted_mse_weighs_points():
    weight = torch.tensor([100.0, 1.0])[:, None]
    output = torch.zeros(1, 2, 2)
    assert float(losses.weighted_mse_loss(output, output + 1, weight)) == pytest.approx(50.5)


def test_gram_matrix_forgets_where_things_are():
    features = torch.randn(2, 4, 6, 6)
    moved = features.flip(3)
    assert torch.allclose(losses.gram_matrix(features), losses.gram_matrix(moved), atol=1e-6)
    assert losses.gram_matrix(features).shape == (2, 4, 4)
    assert float(losses.style_loss([features], [moved])) == pytest.approx(0, abs=1e-6)
    assert float(losses.style_loss([features], [2 * features])) > 0


def test_kl_divergence_is_zero_for_a_standard_normal_only():
    zero = torch.zeros(4)
    assert float(losses.kl_divergence(zero, zero)) == 0
    assert float(losses.kl_divergence(zero + 1, zero)) == pytest.approx(0.5)


def test_feature_matching_has_no_gradient_through_the_real_pictures():
    real, fake = torch.ones(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    losses.feature_matching_loss([[real]], [[fake]]).backward()
    assert real.grad is None
    assert fake.grad is not None


@pytest.mark.parametrize("norm", ["none", "instance", "batch", "spectral"])
def test_a_discriminator_learns_to_tell_noise_from_grey(norm):
    torch.manual_seed(1)
    network = PatchDiscriminator(width=8, layers=1, norm=norm)
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(30):
        noise = torch.randn(2, 4, 3, 16, 16)
        loss = losses.hinge_discriminator_loss(network(noise[0])[0], network(0.1 * noise[1] + 0.5)[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.8


def test_scales_halve_the_picture():
    logits, features = MultiScaleDiscriminator(4, width=8, layers=2, scales=2)(torch.rand(2, 4, 64, 64))
    assert [tuple(logit.shape) for logit in logits] == [(2, 1, 14, 14), (2, 1, 6, 6)]
    assert [[f.shape[1] for f in scale] for scale in features] == [[8, 16, 32], [8, 16, 32]]
