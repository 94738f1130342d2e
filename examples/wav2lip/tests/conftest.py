import pytest
import torch
from wav2lip_plugin.network import Wav2Lip

from talkface_studio.nn.weights import write_tensors


@pytest.fixture(scope="session")
def untrained():
    """The published network, untrained, and such that what is heard can be seen."""
    torch.manual_seed(1)
    network = Wav2Lip().eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.constant_(module.weight, 1.5)
    return network


@pytest.fixture(scope="session")
def weights(untrained, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    write_tensors(path, untrained.state_dict(), {})
    return path
