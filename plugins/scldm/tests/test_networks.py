from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from talkface_scldm.config import preset
from talkface_scldm.denoiser import Denoiser, DiffusersUnet, StudioUnet
from talkface_scldm.face_networks import FaceEncoder
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.networks import build_networks, imagined, schedule_of
from talkface_scldm.spectrogram import FRAMES, spectrogram, tiled
from talkface_scldm.speech_encoder import Cbam, Heard, SpeechEncoder
from talkface_scldm.weights import load_networks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.diffusion import ddim_step


def heard(config, seed=0):
    random = torch.Generator().manual_seed(seed)
    encoder = SpeechEncoder(config.speech).eval()
    with torch.inference_mode():
        return encoder(spectrogram(0.1 * torch.randn(1, 96_000, generator=random), config.speech))


def test_the_paper_size_is_that_of_the_papers_networks() -> None:
    with torch.device("meta"):
        networks = build_networks(preset("paper"))
        vector, tokens = networks.speech(torch.empty(2, 2, FRAMES, 257))
        latents = networks.encoder(torch.empty(2, 3, 224, 224))
        assert networks.decoder(latents).shape == (2, 3, 224, 224)
    assert vector.shape == (2, 4096)
    assert tokens.shape == (2, 12, 512)
    assert latents.shape == (2, 4, 32, 32)
    # The first dense layer sees 57 frequencies of 512 channels.
    assert networks.speech.head[0].in_features == 57 * 512
    assert isinstance(networks.denoiser.unet, DiffusersUnet)
    assert sum(each.numel() for each in networks.denoiser.parameters()) == pytest.approx(424e6, rel=0.02)


@pytest.mark.parametrize("name", ["compact", "debug"])
def test_shapes_and_sizes(name) -> None:
    torch.manual_seed(0)
    config = preset(name)
    networks = build_networks(config)
    side = config.face.side
    said = heard(config)
    assert said.vector.shape == (1, config.speech.width)
    assert said.tokens.shape[:2] == (1, 8)
    with torch.inference_mode():
        latents = networks.encoder(torch.rand(2, 3, side, side))
        assert latents.shape == (2, *config.face.latent)
        assert networks.decoder(latents).shape == (2, 3, config.face.drawn_side, config.face.drawn_side)
        tokens = networks.denoiser.condition(Heard(said.vector, said.tokens[..., : networks.speech.channels]))
        noise = networks.denoiser(latents, torch.tensor([0, 999]), tokens.expand(2, -1, -1))
    # The last layer starts at zero, and so does the answer.
    assert noise.abs().max() == 0
    total = sum(each.numel() for module in networks.modules.values() for each in module.parameters())
    assert total < 2.55e6


def test_spectrograms_have_the_frames_of_speech2face_and_no_loudness() -> None:
    samples = 0.1 * torch.randn(1, 96_000, generator=torch.Generator().manual_seed(0))
    paper, compact = preset("paper").speech, preset("compact").speech
    assert spectrogram(samples, paper).shape == (1, 2, 598, 257)
    small = spectrogram(samples, compact)
    assert small.shape == (1, 1, 598, 128)
    torch.testing.assert_close(spectrogram(20 * samples, compact), small, rtol=1e-4, atol=1e-4)
    assert spectrogram(torch.zeros(1, 96_000), compact).abs().max() == 0
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(96_000) / 16_000)[None]
    # 512 points at 16 kHz: 1000 Hz is bin 32; the signed power keeps the sign.
    planes = spectrogram(tone, paper)
    assert int((planes.abs() ** (1 / 0.3)).square().sum(dim=1)[0, 300].argmax()) == 32
    assert planes.min() < -0.5


def test_short_speech_is_repeated() -> None:
    torch.testing.assert_close(tiled(torch.arange(3.0), 7), torch.tensor([0.0, 1, 2, 0, 1, 2, 0]))


def test_attention_weighs_channels_and_places() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 8, 6, 5)
    with torch.inference_mode():
        scaled = Cbam(8, 2)(x) / x
    assert scaled.min() > 0
    assert scaled.max() < 1
    # One factor a channel times one a place.
    ratio = scaled[0, :, 2, 2] / scaled[0, :, 4, 1]
    torch.testing.assert_close(ratio, ratio[:1].expand(8), rtol=1e-4, atol=1e-4)


def test_faces_depend_on_what_is_heard(debug) -> None:
    noise = torch.randn(1, *debug.config.face.latent, generator=torch.Generator().manual_seed(0))
    schedule = schedule_of(debug.config)
    with torch.inference_mode():
        one, other = (
            imagined(debug.denoiser, debug.space, schedule, heard(debug.config, seed), noise, steps=10)
            for seed in (0, 1)
        )
    assert (one - other).abs().max() > 1e-5


@pytest.mark.parametrize(("mode", "prior"), [("shift", True), ("residual", True), ("shift", False)])
def test_the_chain_is_stepped_in_shifted_coordinates(debug, mode, prior) -> None:
    """Step by step as the paper writes it: s_t = z_t + w p is what is kept, and w p is taken off before each step."""
    diffusion = replace(debug.config.diffusion, prior_mode=mode, prior=prior, prior_weight=0.3)
    space = LatentSpace(replace(debug.config, diffusion=diffusion))
    space.load_state_dict(debug.space.state_dict())
    schedule, said = schedule_of(debug.config), heard(debug.config)
    noise = torch.randn(1, *debug.config.face.latent, generator=torch.Generator().manual_seed(1))
    shift = 0.3 * space.prior if prior and mode == "shift" else torch.zeros_like(space.prior)
    with torch.inference_mode():
        made = imagined(debug.denoiser, space, schedule, said, noise, steps=10)
        tokens = debug.denoiser.condition(said)
        s, steps = noise + shift, [*range(999, -1, -100), -1]
        for step, previous in pairwise(steps):
            predicted = debug.denoiser(s, torch.tensor([step]), tokens)
            s = ddim_step(schedule, s - shift, predicted, step, previous) + shift
        added = space.prior if prior and mode == "residual" else 0.0
        torch.testing.assert_close(made, (s - shift + added) / space.scale, rtol=1e-4, atol=1e-4)


def test_schedule_and_steps_are_those_of_diffusers() -> None:
    from diffusers import DDIMScheduler

    config = preset("paper").diffusion
    theirs = DDIMScheduler(
        num_train_timesteps=config.steps,
        beta_start=config.first_beta,
        beta_end=config.last_beta,
        beta_schedule="scaled_linear",
        clip_sample=False,
    )
    theirs.set_timesteps(50)
    ours = schedule_of(preset("paper"))
    torch.testing.assert_close(torch.tensor(ours.kept), theirs.alphas_cumprod, rtol=1e-4, atol=1e-6)
    x, noise = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    step = 500
    torch.testing.assert_close(
        ddim_step(ours, x, noise, step, step - 20), theirs.step(noise, step, x).prev_sample, rtol=1e-4, atol=1e-4
    )


def test_the_spaces_inverse_is_exact() -> None:
    for mode in ("shift", "residual"):
        config = preset("debug")
        space = LatentSpace(replace(config, diffusion=replace(config.diffusion, prior_mode=mode)))
        space.scale.fill_(3.0)
        torch.nn.init.normal_(space.prior)
        latents = torch.randn(2, *config.face.latent)
        torch.testing.assert_close(space.outward(space.inward(latents)), latents)


def test_what_lies_far_from_the_prior_is_brought_nearer(debug) -> None:
    def space(**changed):
        diffusion = replace(debug.config.diffusion, prior=True, **changed)
        return LatentSpace(replace(debug.config, diffusion=diffusion))

    near, far = torch.full((1, *debug.config.face.latent), 0.8), torch.full((1, *debug.config.face.latent), -3.0)
    both = torch.cat([near, far])
    brought = space(prior_mode="residual", farthest=0.9).familiar(both)
    torch.testing.assert_close(brought, torch.cat([near, torch.full_like(far, -0.9)]))
    assert space(prior_mode="residual").familiar(both) is both
    assert space(prior_mode="shift", farthest=0.9).familiar(both) is both


def test_both_u_nets_answer_alike_shaped(debug) -> None:
    config = replace(debug.config.denoiser, width=32, head=8)
    nets = StudioUnet(config, 4).eval(), DiffusersUnet(config, 4, 4).eval()
    noised, step, tokens = torch.randn(2, 4, 4, 4), torch.tensor([0, 500]), torch.randn(2, 9, config.context)
    with torch.inference_mode():
        shapes = [net(noised, step, tokens).shape for net in nets]
        moved = nets[1](noised, step, tokens + 1) - nets[1](noised, step, tokens)
    assert shapes == [noised.shape] * 2
    assert moved.abs().max() > 1e-4


def test_a_missing_diffusers_is_said_in_a_line(monkeypatch) -> None:
    import importlib

    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(WeightsError, match=r"pip install 'talkface-scldm\[paper\]'"):
        Denoiser(preset("paper"), 512)


def test_weights_come_back(debug, tmp_path) -> None:
    path = tmp_path / "a.safetensors"
    save_networks(path, debug, half=False)
    again = load_networks(path)
    assert again.config == debug.config
    torch.testing.assert_close(again.space.prior, debug.space.prior)
    torch.testing.assert_close(again.denoiser.place, debug.denoiser.place)


def test_impossible_sizes_are_refused(tmp_path, debug) -> None:
    with pytest.raises(ValueError, match="halved"):
        FaceEncoder(replace(preset("compact").face, side=100))
    with pytest.raises(ValueError, match="too small"):
        SpeechEncoder(replace(preset("debug").speech, bins=8))
    broken = replace(debug, config=replace(debug.config, speech=replace(debug.config.speech, bins=8)))
    save_networks(tmp_path / "b.safetensors", broken)
    with pytest.raises(WeightsError, match="describes no possible network"):
        load_networks(tmp_path / "b.safetensors")
