"""The network is the published one to the last tensor, and the authors' checkpoint becomes weights."""

import hashlib
import pickle

import pytest
import torch
from wav2lip_plugin.network import Wav2Lip
from wav2lip_plugin.weights import convert, load

from talkface_studio.api.errors import WeightsError

PUBLISHED = "dcb7fba04c3410dbc0a4c07e7382c3f3ede2b352547f11aec1f06c522eca3816"
"""SHA-256 of the 352 lines "name [shape]" of the authors' checkpoint, sorted."""


def test_names_and_shapes_are_the_published_ones(untrained):
    tensors = untrained.state_dict()
    lines = sorted(f"{name} {list(value.shape)}" for name, value in tensors.items())
    assert len(lines) == 352
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == PUBLISHED


def test_checkpoint_as_training_leaves_it_is_converted(untrained, tmp_path):
    theirs = {f"module.{name}": value for name, value in untrained.state_dict().items()}
    torch.save({"state_dict": theirs, "optimizer": None, "global_step": 7}, tmp_path / "wav2lip_gan.pth")
    convert([tmp_path / "wav2lip_gan.pth"], tmp_path / "paper.safetensors")
    network = load(tmp_path / "paper.safetensors", "cpu")
    mel, faces = torch.rand(1, 1, 80, 16), torch.rand(1, 6, 96, 96)
    with torch.inference_mode():
        assert torch.equal(network(mel, faces), untrained(mel, faces))


class Calls:
    def __reduce__(self):
        return print, ("code in a checkpoint ran",)


@pytest.mark.parametrize("what", ["code", "another network", "nothing"])
def test_what_is_not_the_checkpoint_is_refused_in_a_line(tmp_path, capsys, what):
    path = tmp_path / "wav2lip.pth"
    if what == "code":
        path.write_bytes(pickle.dumps({"state_dict": Calls()}))
    elif what == "another network":
        torch.save({"state_dict": {"module.conv.weight": torch.zeros(1)}}, path)
    with pytest.raises(WeightsError) as caught:
        convert([path], tmp_path / "paper.safetensors")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "ran" not in capsys.readouterr().out
    assert not (tmp_path / "paper.safetensors").exists()


def test_two_checkpoints_are_one_too_many(tmp_path):
    with pytest.raises(WeightsError, match="give one"):
        convert([tmp_path / "a.pth", tmp_path / "b.pth"], tmp_path / "paper.safetensors")


def test_network_can_hear_and_see(untrained):
    mel, faces = torch.rand(1, 1, 80, 16), torch.rand(1, 6, 96, 96)
    with torch.inference_mode():
        drawn = untrained(mel, faces)
        assert drawn.shape == (1, 3, 96, 96)
        assert (drawn - untrained(-mel, faces)).abs().max() > 0
        assert (drawn - untrained(mel, 1 - faces)).abs().max() > 0
    assert sum(value.numel() for value in Wav2Lip().parameters()) == 36_298_035
