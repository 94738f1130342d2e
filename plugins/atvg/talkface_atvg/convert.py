"""The authors' checkpoints to the weights of the `paper` preset.

AT-net and VG-net come as two pickled files (`atnet_*.pth`, `generator_*.pth`), which torch reads with
`weights_only=True`, so that no code in them runs. AT-net's landmark basis (`U_*.npy`, `mean_*.npy` of the authors'
`basics` folder) is given beside them; without it the networks convert all the same, but cannot be started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from talkface_atvg.at_net import AtNet
from talkface_atvg.config import AtvgConfig, NormalisationConfig, preset
from talkface_atvg.pca import PcaBasis
from talkface_atvg.vg_net import VgNet
from talkface_atvg.weights import AtvgNetworks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.checkpoints import load_renamed, read_checkpoint

# Our prefix of a tensor's name, and the authors'. Conv-norm pairs are 0 and 1 in both.
_AT_NET = {
    "encoder.convolutions": "audio_eocder",
    "encoder.linear": "audio_eocder_fc",
    "example": "lmark_encoder",
    "temporal": "lstm",
    "head": "lstm_fc.0",
}
_VG_NET = {
    "image_fine": "image_encoder1",
    "image_coarse": "image_encoder2",
    "landmark_plane": "landmark_encoder",
    "landmark_map": "landmark_encoder_stage2.0",
    "landmark_feature": "lmark_feature.0",
    "landmark_attention.0.0": "lmark_att.0",
    "landmark_attention.0.1": "lmark_att.1",
    "landmark_attention.1.0": "lmark_att.3",
    "landmark_attention.1.1": "lmark_att.4",
    "landmark_attention.2.0": "lmark_att.6.0",
    "bottleneck.convolution": "bottle_neck.0.0",
    "bottleneck.norm": "bottle_neck.0.1",
    **{f"gru.input.{kind}": f"convGRU.{kind}_ih_l0" for kind in ("weight", "bias")},
    **{f"gru.state.{kind}": f"convGRU.{kind}_hh_l0" for kind in ("weight", "bias")},
    **{
        f"decode_coarse.{block}.body.{ours}": f"generator1.{block}.conv_block.{theirs}"
        for block in range(9)
        for ours, theirs in (("0.0", 0), ("0.1", 1), ("2.0", 4), ("2.1", 5))
    },
    **{f"decode_coarse.{9 + i // 2}.{i % 2}": f"generator1.{n}" for i, n in enumerate((9, 10, 12, 13))},
    **{f"decode_fine.{i // 2}.{i % 2}": f"base.{n}" for i, n in enumerate((0, 1, 3, 4))},
    "colour": "generator_color.0",
    "attention": "generator_attention.0",
}
# Buffers of ours that the authors do not have; at their defaults they change nothing.
_NEUTRAL = {"output_scale", "centre"}


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` (safetensors, float32) from the authors' two `.pth` files, in any order, and basis `.npy` files.

    Raises:
        WeightsError: a file cannot be read, is neither network, or a tensor is missing or of the wrong shape; or the
            output cannot be written.
    """
    found: dict[str, tuple[Path, Mapping[str, Tensor]]] = {}
    for path in (path for path in checkpoints if path.suffix != ".npy"):
        tensors = read_checkpoint(path)
        kind = _kind(path, tensors)
        if kind in found:
            raise WeightsError(f"{path}: a second {kind} (the first is {found[kind][0].name}); give one of each")
        found[kind] = path, tensors
    for kind, example in (("AT-net", "atnet_lstm_18.pth"), ("VG-net", "generator_23.pth")):
        if kind not in found:
            raise WeightsError(f"no {kind} checkpoint was given; add the authors' file, for example {example}")
    basis = _read_basis([path for path in checkpoints if path.suffix == ".npy"])
    config = _config()
    at_net, vg_net = AtNet(config.at_net), VgNet(config.vg_net)
    for module, kind, names in ((at_net, "AT-net", _AT_NET), (vg_net, "VG-net", _VG_NET)):
        path, theirs = found[kind]
        load_renamed(module, theirs, names, neutral=_NEUTRAL, origin=str(path))
    save_networks(output, AtvgNetworks(config, at_net, vg_net, basis), half=False)


def _config() -> AtvgConfig:
    return replace(preset("paper"), normalisation=NormalisationConfig(method="atvg", components=6))


def _kind(path: Path, tensors: Mapping[str, Tensor]) -> str:
    if any(name.startswith("audio_eocder.") for name in tensors):
        return "AT-net"
    if any(name.startswith("image_encoder1.") for name in tensors):
        return "VG-net"
    raise WeightsError(f"{path}: neither AT-net nor VG-net (its first tensor is {next(iter(tensors))})")


def _read_basis(paths: Sequence[Path]) -> PcaBasis | None:
    """The authors' mean and directions; both or neither."""
    arrays: dict[int, np.ndarray[Any, Any]] = {}
    for path in paths:
        try:
            array = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise WeightsError(f"{path}: not a readable array: {error}") from error
        mean = array.size == 136
        if not mean and (array.ndim != 2 or array.shape[0] != 136 or array.shape[1] < 6):
            raise WeightsError(
                f"{path}: shape {array.shape} is neither a landmark mean (136) nor a basis (136, 6 or more)"
            )
        arrays[1 if mean else 2] = array.astype(np.float32)
    if not arrays:
        return None
    if len(arrays) != 2:
        raise WeightsError(f"{paths[0]}: the landmark basis needs two files, U_*.npy and mean_*.npy")
    return PcaBasis(arrays[1].reshape(136), np.ascontiguousarray(arrays[2][:, :6]), 5.0)
