import pytest
import torch
from torch import nn

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


def test_round_trip(tmp_path):
    net = nn.Linear(3, 2)
    path = tmp_path / "net.safetensors"
    write_tensors(path, {f"a.{name}": value for name, value in net.state_dict().items()}, {"model": "x"}, half=True)
    tensors, metadata = read_tensors(path)
    assert metadata == {"model": "x"}
    assert tensors["a.weight"].dtype == torch.float16
    other = nn.Linear(3, 2)
    load_module(other, tensors, prefix="a.")
    assert other.weight.dtype == torch.float32
    torch.testing.assert_close(other.weight, net.weight, atol=1e-3, rtol=1e-3)
    assert [item.name for item in tmp_path.iterdir()] == ["net.safetensors"]


def test_counters_stay_whole_numbers(tmp_path):
    net = nn.BatchNorm1d(2)
    write_tensors(tmp_path / "n.safetensors", net.state_dict(), {}, half=True)
    assert read_tensors(tmp_path / "n.safetensors")[0]["num_batches_tracked"].dtype == torch.int64


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda t: t.pop("bias"), "file.x: tensor bias is missing"),
        (lambda t: t.update(bias=torch.zeros(5)), "file.x: tensor bias has shape (5,), the network needs (2,)"),
        (lambda t: t.update(more=torch.zeros(5)), "file.x: unexpected tensor more"),
    ],
)
def test_what_does_not_fit_is_named(edit, message):
    tensors = dict(nn.Linear(3, 2).state_dict())
    edit(tensors)
    with pytest.raises(WeightsError) as caught:
        load_module(nn.Linear(3, 2), tensors, origin="file.x")
    assert message in str(caught.value)


def test_unreadable_files(tmp_path):
    with pytest.raises(WeightsError, match="no such weight file"):
        read_tensors(tmp_path / "nowhere.safetensors")
    for contents in (b"", b"x" * 100):
        (tmp_path / "bad.safetensors").write_bytes(contents)
        with pytest.raises(WeightsError, match=r"bad\.safetensors: not a readable safetensors file") as caught:
            read_tensors(tmp_path / "bad.safetensors")
        assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError):
        read_tensors(tmp_path)


def test_a_failed_write_leaves_nothing(tmp_path):
    path = tmp_path / "net.safetensors"
    write_tensors(path, {"a": torch.ones(2)}, {})
    with pytest.raises(WeightsError, match="tensor a holds values that cannot be stored"):
        write_tensors(path, {"a": torch.tensor([1e9])}, {}, half=True)
    assert torch.equal(read_tensors(path)[0]["a"], torch.ones(2))
    with pytest.raises(WeightsError, match="cannot be written"):
        write_tensors(tmp_path / "no" / "net.safetensors", {"a": torch.ones(2)}, {})
    assert [item.name for item in tmp_path.iterdir()] == ["net.safetensors"]
