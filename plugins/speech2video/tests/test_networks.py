"""Sizes, configurations and weight files."""

from dataclasses import replace

import pytest
import torch

from talkface_speech2video.config import Speech2VideoConfig, preset
from talkface_speech2video.discriminators import FrameDiscriminator, IdentityDiscriminator, SyncDiscriminator
from talkface_speech2video.students import summarise
from talkface_speech2video.weights import build_networks, load_networks, save_networks
from talkface_studio.api.errors import WeightsError


@pytest.mark.parametrize("name", ["compact", "debug"])
def test_a_preset_makes_frames_and_maps_of_its_sizes(name):
    config = preset(name)
    networks = build_networks(config)
    maps = networks.identity(torch.randn(2, config.students.identity))
    size, base = config.decoder.size, config.decoder.base
    assert [tuple(found.shape[2:]) for found in maps.maps] == [(base * n, base * n) for n in (2, 4, 8)]
    assert [found.shape[1] for found in maps.aligned] == list(reversed(config.decoder.teacher_channels))
    frames = networks.decoder(
        torch.randn(2, config.heard),
        torch.randn(2, config.students.emotion),
        torch.zeros(2, config.decoder.manner),
        maps.maps,
    )
    assert frames.shape == (2, 3, size, size)
    assert frames.abs().max() <= 1
    assert IdentityDiscriminator(config, 4)(maps.aligned).shape == (2, 1)
    assert FrameDiscriminator(4)(frames).shape == (2, 1, size // 16, size // 16)
    heard = torch.randn(2, 3, 4 * (config.cpc.state + config.cpc.channels))
    assert SyncDiscriminator(config, 4, 3)(heard, torch.randn(2, 3, 3, size, size)).shape == (2, 1)


def test_the_compact_file_and_the_papers_sizes():
    count = sum(v.numel() for m in build_networks(preset("compact")).modules.values() for v in m.state_dict().values())
    assert 2 * count < 4e6
    paper = preset("paper")
    assert (paper.cpc.channels, paper.students.identity, paper.students.identity_hidden) == (256, 4096, 1024)
    assert (paper.decoder.size, paper.decoder.base, paper.heard) == (128, 4, 256)
    assert (paper.identity_teacher, paper.emotion_teacher) == ("vgg-face", "ferplus")


def test_omega_is_of_what_is_voiced():
    states, encoded = torch.arange(10.0)[:, None], torch.zeros(10, 1)
    voiced = torch.tensor([0, 1, 1, 1, 0, 0, 0, 0, 0, 0.0])
    assert summarise(states, encoded, voiced, "last").tolist() == [3]
    assert summarise(states, encoded, voiced, "mean").tolist() == [2]
    assert summarise(states, encoded, voiced, "statistics").tolist() == [2, 0, 1, 0]
    # Of silence, which says nothing, something all the same.
    assert summarise(states, encoded, torch.zeros(10), "last").tolist() == [9]


def test_a_weight_file_rebuilds_its_networks(debug, tmp_path):
    save_networks(tmp_path / "w.safetensors", debug, half=False)
    again = load_networks(tmp_path / "w.safetensors")
    assert again.config == debug.config
    assert again.voices == ("somebody",)
    for name, module in debug.modules.items():
        for key, value in module.state_dict().items():
            assert torch.equal(again.modules[name].state_dict()[key], value), key
    wrong = replace(debug, config=replace(debug.config, decoder=replace(debug.config.decoder, size=60)))
    save_networks(tmp_path / "wrong.safetensors", wrong)
    with pytest.raises(WeightsError, match="60 pixels cannot grow"):
        load_networks(tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match="no preset 'huge'"):
        preset("huge")
    with pytest.raises(WeightsError, match="unknown field"):
        Speech2VideoConfig.from_dict({"sound": 1})
