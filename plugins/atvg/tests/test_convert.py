import pickle

import numpy as np
import pytest
import torch

from talkface_atvg.convert import convert
from talkface_atvg.weights import load_networks
from talkface_studio.api.errors import WeightsError


@pytest.fixture
def published(reference, tmp_path):
    """Both checkpoints, blank; a test changes what it needs before saving them again."""
    paths = {"AT_net": tmp_path / "at.pth", "VG_net": tmp_path / "vg.pth"}
    for network, path in paths.items():
        torch.save(reference.blank(network), path)
    return paths


def refused(paths, output, message):
    with pytest.raises(WeightsError) as caught:
        convert(list(paths), output)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not output.exists()


def test_wrapped_checkpoints_keep_basis_and_tensors(converted, reference):
    weight = converted.vg_net.gru.state.weight
    assert torch.equal(weight, reference.tensor("convGRU.weight_hh_l0", tuple(weight.shape)))
    assert converted.basis is not None
    assert converted.basis.directions.shape == (136, 6)
    np.testing.assert_allclose(converted.basis.directions.T @ converted.basis.directions, np.eye(6), atol=1e-5)


def test_networks_convert_without_a_basis(published, tmp_path):
    convert(list(published.values()), tmp_path / "out.safetensors")
    assert load_networks(tmp_path / "out.safetensors").basis is None


@pytest.mark.parametrize(
    ("network", "name", "shape", "message"),
    [
        ("AT_net", "lstm.weight_ih_l1", None, "tensor lstm.weight_ih_l1 is missing"),
        ("AT_net", "lstm_fc.0.weight", (8, 256), "tensor lstm_fc.0.weight has shape (8, 256)"),
        ("AT_net", "surprise", (3,), "unexpected tensor surprise"),
    ],
)
def test_checkpoint_must_be_the_published_network(published, reference, tmp_path, network, name, shape, message):
    tensors = reference.blank(network)
    if shape is None:
        del tensors[name]
    else:
        tensors[name] = torch.zeros(shape)
    torch.save(tensors, published[network])
    refused(published.values(), tmp_path / "out.safetensors", message)


def test_both_networks_are_needed_once(published, tmp_path):
    out = tmp_path / "out.safetensors"
    refused([published["AT_net"]], out, "no VG-net checkpoint was given")
    refused([published["AT_net"], published["AT_net"]], out, "a second AT-net")
    refused([tmp_path / "nowhere.pth"], out, "no such checkpoint")


class Attack:
    def __reduce__(self):
        return print, ("code in a checkpoint ran",)


def test_code_in_a_checkpoint_is_not_run(tmp_path, capsys):
    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps({"state_dict": Attack()}))
    refused([path], tmp_path / "out.safetensors", "evil.pth: not a checkpoint of plain tensors")
    torch.save({"weight": Attack()}, path)
    refused([path], tmp_path / "out.safetensors", "evil.pth: not a checkpoint of plain tensors")
    assert "ran" not in capsys.readouterr().out


@pytest.mark.parametrize("data", [[1, 2], {}, {"weight": 3}, {"weight": torch.zeros(2)}])
def test_other_contents_are_refused(tmp_path, data):
    torch.save(data, tmp_path / "other.pth")
    refused([tmp_path / "other.pth"], tmp_path / "out.safetensors", "other.pth")


@pytest.mark.parametrize("contents", [b"", b"not a checkpoint", b"PK\x03\x04 half a zip"])
def test_damaged_files_are_refused(tmp_path, contents):
    (tmp_path / "damaged.pth").write_bytes(contents)
    refused([tmp_path / "damaged.pth"], tmp_path / "out.safetensors", "damaged.pth: not a checkpoint of plain tensors")


def test_basis_must_be_whole_and_fit(published, tmp_path):
    out = tmp_path / "out.safetensors"
    np.save(tmp_path / "U.npy", np.zeros((136, 4)))
    refused([*published.values(), tmp_path / "U.npy"], out, "shape (136, 4) is neither")
    np.save(tmp_path / "U.npy", np.zeros((136, 20)))
    refused([*published.values(), tmp_path / "U.npy"], out, "needs two files")
    (tmp_path / "U.npy").write_bytes(b"nothing")
    refused([*published.values(), tmp_path / "U.npy"], out, "U.npy: not a readable array")
