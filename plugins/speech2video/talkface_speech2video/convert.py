"""The published CPC encoder as a file that training starts from.

`torch.hub` names it `facebookresearch/CPC_audio`; its checkpoint keeps the tensors under "weights", beside heads that
are of no use here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from talkface_speech2video.config import CpcConfig
from talkface_speech2video.cpc import CONVOLUTIONS, Cpc
from talkface_studio.nn.checkpoints import load_renamed, read_checkpoint
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors

_NAMES = {
    **{f"layers.{i}.0": f"gEncoder.conv{i}" for i in range(len(CONVOLUTIONS))},
    **{f"layers.{i}.1": f"gEncoder.batchNorm{i}" for i in range(len(CONVOLUTIONS))},
    "recurrent": "gAR.baseNet",
}


def convert_cpc(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` (safetensors, float32) from the authors' checkpoint.

    Raises:
        WeightsError: it cannot be read, or a tensor is missing or of the wrong shape; or the output cannot be written.
    """
    theirs = read_checkpoint(checkpoints[0])
    own = {name: value for name, value in theirs.items() if name.startswith(("gEncoder.", "gAR."))}
    network = Cpc(CpcConfig())
    load_renamed(network, own, _NAMES, origin=str(checkpoints[0]))
    write_tensors(output, network.state_dict(), {"part": "cpc", "config": json.dumps(asdict(network.config))})


def load_cpc(path: Path) -> Cpc:
    """A converted encoder, in evaluation mode.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    tensors, metadata = read_tensors(path)
    network = Cpc(config_from_metadata(CpcConfig, path, metadata))
    load_module(network, tensors, origin=str(path))
    return network.eval()
