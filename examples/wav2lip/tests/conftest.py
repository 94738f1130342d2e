import pytest
import torch
from wav2lip_plugin.network import CHANNELS, Wav2Lip

from talkface_studio.nn.weights import write_tensors


def made(channels):
    """An untrained network, and such that what is heard can be seen."""
    torch.manual_seed(1)
    network = Wav2Lip(channels).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.constant_(module.weight, 2.0)
    return network


@pytest.fixture(scope="session")
def untrained():
    """The network as it was published."""
    return made(CHANNELS)


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """The same layers, an eighth as wide."""
    path = tmp_path_factory.mktemp("weights") / "narrow.safetensors"
    write_tensors(path, made(CHANNELS // 8).state_dict(), {})
    return path
