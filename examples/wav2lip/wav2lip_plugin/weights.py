"""Weight files: reading ours, and turning the authors' checkpoint into one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.checkpoints import read_checkpoint
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors
from wav2lip_plugin.network import CHANNELS, Wav2Lip

FIRST = "face_encoder_blocks.0.0.conv_block.0.weight"
"""The tensor that tells how wide a network is."""


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` (safetensors, float32) from the authors' `wav2lip.pth` or `wav2lip_gan.pth`.

    Raises:
        WeightsError: the file cannot be read, is of another network, or the output cannot be written.
    """
    if len(checkpoints) != 1:
        raise WeightsError(f"{len(checkpoints)} checkpoints were given; give one: wav2lip.pth or wav2lip_gan.pth")
    tensors = read_checkpoint(checkpoints[0])
    network = Wav2Lip()
    load_module(network, tensors, origin=str(checkpoints[0]))
    write_tensors(output, network.state_dict(), {"model": "wav2lip"})


def load(path: Path, device: str) -> Wav2Lip:
    """The network of a weight file, ready to be used on a device that torch knows by this name.

    Raises:
        WeightsError: the file is missing, unreadable or of another network.
    """
    tensors, _ = read_tensors(path)
    channels = len(tensors.get(FIRST, range(CHANNELS)))
    network = Wav2Lip(channels).eval().requires_grad_(requires_grad=False)
    load_module(network, tensors, origin=str(path))
    return network.to(device)
