import json

import pytest
import torch

from talkface_ltfg_gan.weights import load_networks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.weights import read_tensors, write_tensors


def test_file_rebuilds_its_networks(debug, tmp_path):
    save_networks(tmp_path / "debug.safetensors", debug)
    loaded = load_networks(tmp_path / "debug.safetensors")
    assert loaded.config == debug.config
    assert not loaded.landmark_generator.training
    assert not loaded.face_generator.training
    for ours, theirs in (
        (debug.landmark_generator, loaded.landmark_generator),
        (debug.face_generator, loaded.face_generator),
    ):
        for (name, a), b in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
            torch.testing.assert_close(a.half().to(b.dtype), b, rtol=0, atol=0, msg=name)


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        ("face_generator", {"cross_attention": False}, "unexpected tensor face_generator.translation.attention"),
        ("face_generator", {"fine": 4}, "the network needs"),
        ("face_generator", {"size": 100}, "describes no possible network: the crop's side, first row and"),
        ("face_generator", {"attention_heads": 5}, "5 heads do not divide 16 channels"),
        (
            "face_generator",
            {"top": 20},
            "first row and first column must be multiples of 16 (2 x patch x",
        ),
        ("landmark_generator", {"heads": 3}, "3 heads do not divide a width of 16"),
        ("landmark_generator", {"layers": "two"}, "its configuration cannot be used: configuration.landmark_generator"),
    ],
)
def test_configuration_and_tensors_must_fit(debug, tmp_path, section, values, message):
    path = tmp_path / "debug.safetensors"
    save_networks(path, debug)
    tensors, metadata = read_tensors(path)
    config = json.loads(metadata["config"])
    config[section] |= values
    write_tensors(path, tensors, {**metadata, "config": json.dumps(config)})
    with pytest.raises(WeightsError) as caught:
        load_networks(path)
    assert message in str(caught.value)
    assert "debug.safetensors" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="no such weight file"):
        load_networks(tmp_path / "nowhere.safetensors")
    write_tensors(tmp_path / "other.safetensors", {"weight": torch.zeros(2)}, {})
    with pytest.raises(WeightsError, match="carries no configuration"):
        load_networks(tmp_path / "other.safetensors")
