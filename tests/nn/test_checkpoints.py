"""Tests of talkface_studio.nn.checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.checkpoints import load_renamed, read_checkpoint

NAMES = {"0": "module_a", "1": "module_b.norm"}


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def theirs() -> dict[str, torch.Tensor]:
    """The tensors of another such network under other names."""
    state = network().state_dict()
    return {f"{NAMES[name[0]]}{name[1:]}": value + 1 for name, value in state.items()}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda tensors: tensors,
        lambda tensors: {"state_dict": tensors, "epoch": 3},
        lambda tensors: {"model": {f"module.{name}": value for name, value in tensors.items()}},
    ],
    ids=["bare", "state_dict", "model of DataParallel"],
)
def test_wrappers_are_taken_off(tmp_path: Path, wrap: Callable[[dict[str, torch.Tensor]], object]) -> None:
    torch.save(wrap(theirs()), tmp_path / "net.pth")
    assert read_checkpoint(tmp_path / "net.pth").keys() == theirs().keys()


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    torch.save({"state_dict": Trap()}, tmp_path / "net.pth")
    with pytest.raises(WeightsError, match="not a checkpoint of plain tensors"):
        read_checkpoint(tmp_path / "net.pth")
    assert not (tmp_path / "sprung").exists()


def test_files_that_are_no_checkpoints_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"net\.pth: no such checkpoint"):
        read_checkpoint(tmp_path / "net.pth")
    (tmp_path / "net.pth").write_bytes(b"text")
    with pytest.raises(WeightsError, match=r"net\.pth: not a checkpoint of plain tensors"):
        read_checkpoint(tmp_path / "net.pth")
    torch.save({"epoch": 3}, tmp_path / "net.pth")
    with pytest.raises(WeightsError, match="no table of named tensors"):
        read_checkpoint(tmp_path / "net.pth")


def test_every_tensor_finds_its_place() -> None:
    module, tensors = network(), theirs()
    load_renamed(module, tensors, NAMES, origin="net.pth")
    assert torch.equal(module[0].weight, tensors["module_a.weight"])
    assert torch.equal(module[1].running_var, tensors["module_b.norm.running_var"])


def test_an_old_checkpoint_may_lack_the_count_of_batches() -> None:
    tensors = theirs()
    del tensors["module_b.norm.num_batches_tracked"]
    load_renamed(network(), tensors, NAMES, origin="net.pth")


def test_neutral_buffers_stay_as_they_are() -> None:
    module, tensors = network(), theirs()
    del tensors["module_b.norm.running_mean"]
    load_renamed(module, tensors, NAMES, neutral=["1.running_mean"], origin="net.pth")
    assert torch.equal(module[1].running_mean, torch.zeros(3))


def test_tensors_that_do_not_fit_are_named() -> None:
    missing, strange, wrong = theirs(), theirs(), theirs()
    del missing["module_a.bias"]
    strange["module_c.bias"] = torch.zeros(1)
    wrong["module_a.bias"] = torch.zeros(4)
    for tensors, message in (
        (missing, "net.pth: tensor module_a.bias is missing"),
        (strange, "net.pth: unexpected tensor module_c.bias"),
        (wrong, r"net.pth: tensor module_a.bias has shape \(4,\), the published network has \(3,\)"),
    ):
        with pytest.raises(WeightsError, match=message):
            load_renamed(network(), tensors, NAMES, origin="net.pth")
