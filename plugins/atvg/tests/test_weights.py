import json
from dataclasses import replace

import pytest
import torch

from talkface_atvg.config import NormalisationConfig
from talkface_atvg.weights import load_networks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.weights import read_tensors, write_tensors


def test_file_rebuilds_its_networks(debug_networks, debug_weights):
    loaded = load_networks(debug_weights["networks"])
    assert loaded.config == debug_networks.config
    assert not loaded.vg_net.training
    speech = torch.randn(1, 10, 2, 768)
    with torch.inference_mode():
        torch.testing.assert_close(loaded.at_net(speech), debug_networks.at_net(speech), atol=0.02, rtol=0.02)
    assert loaded.basis is not None
    assert loaded.basis.directions.dtype.name == "float32"
    tensors, _ = read_tensors(debug_weights["networks"])
    assert {value.dtype for value in tensors.values() if value.is_floating_point()} == {torch.float16}


def test_all_coordinates_need_no_directions(debug_networks, tmp_path):
    config = debug_networks.config
    networks = replace(
        debug_networks,
        config=replace(
            config,
            at_net=replace(config.at_net, coefficients=136),
            normalisation=NormalisationConfig(components=0),
        ),
        at_net=type(debug_networks.at_net)(replace(config.at_net, coefficients=136)),
        basis=replace(debug_networks.basis, directions=None),
    )
    save_networks(tmp_path / "raw.safetensors", networks)
    loaded = load_networks(tmp_path / "raw.safetensors")
    assert loaded.basis is not None
    assert loaded.basis.directions is None


def change(source, target, edit):
    tensors, metadata = read_tensors(source)
    edit(tensors, metadata)
    write_tensors(target, tensors, metadata)


def configured(**values):
    def edit(_tensors, metadata):
        config = json.loads(metadata["config"])
        for key, value in values.items():
            section, name = key.split("__")
            config[section][name] = value
        metadata["config"] = json.dumps(config)

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda t, m: m.pop("config"), "it carries no configuration"),
        (lambda t, m: m.update(config="{"), "its configuration cannot be used"),
        (lambda t, m: m.update(config="[]"), "expected a table"),
        (configured(vg_net__blocks=7), "is missing"),
        (configured(vg_net__bottleneck=9), "has shape"),
        (configured(vg_net__decoder_channels=[16, 9, 8, 8]), "describes no possible network"),
        (configured(normalisation__components=3), "landmarks.basis should have shape (136, 3)"),
        (lambda t, m: t.pop("landmarks.mean"), "landmarks.mean should have shape (136,), found nothing"),
        (lambda t, m: t.pop("at_net.head.bias"), "tensor at_net.head.bias is missing"),
        (lambda t, m: t.update({"vg_net.extra": torch.zeros(1)}), "unexpected tensor vg_net.extra"),
    ],
)
def test_unfitting_files_are_refused(debug_weights, tmp_path, edit, message):
    change(debug_weights["networks"], tmp_path / "bad.safetensors", edit)
    with pytest.raises(WeightsError) as caught:
        load_networks(tmp_path / "bad.safetensors")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
