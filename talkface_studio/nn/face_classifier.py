"""A small network that sorts faces into classes: speakers, emotions, attributes.

It stands in for networks trained on millions of faces where their weights are missing: what it has not seen it does not
know. B batch, C channels, S side of a picture, D size of the embedding.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import Tensor, nn

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import CropLayout
from talkface_studio.nn.blocks import ConvBlock
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceClassifierConfig:
    """Sizes, and what the outputs mean."""

    labels: tuple[str, ...]
    """Names of the classes."""
    size: int = 96
    """S, a multiple of 16."""
    eye_distance: float = 0.4
    """Of the crops that it was trained on; see `CropLayout`."""
    eye_height: float = 1 / 3
    """Of these crops too."""
    width: int = 24
    """Channels of the first convolution; they double three times."""
    embedding: int = 256
    """D."""
    trained_on: str = ""
    """What reports say of the data."""

    @property
    def layout(self) -> CropLayout:
        """The crops that it wants."""
        return CropLayout(size=self.size, eye_distance=self.eye_distance, eye_height=self.eye_height)

    @property
    def map_channels(self) -> tuple[int, int, int]:
        """Channels of the maps at S / 4, S / 8 and S / 16."""
        return 2 * self.width, 4 * self.width, 8 * self.width


class FaceClassifier(nn.Module):
    """Convolutions that halve the side four times, the mean over the picture, an embedding, the classes."""

    def __init__(self, config: FaceClassifierConfig) -> None:
        super().__init__()
        self.config = config
        widths = (config.width, *config.map_channels)
        blocks, inputs = [], 3
        for width in widths:
            blocks.append(
                nn.Sequential(
                    ConvBlock(inputs, width, 3, stride=2, norm="group"), ConvBlock(width, width, norm="group")
                )
            )
            inputs = width
        self.blocks = nn.ModuleList(blocks)
        self.embed = nn.Linear(inputs, config.embedding)
        self.classes = nn.Linear(config.embedding, len(config.labels))

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """RGB `(B, 3, S, S)` in 0..1 to maps at S / 4, S / 8 and S / 16, the finest first."""
        x, kept = 2 * pictures - 1, []
        for block in self.blocks:
            x = block(x)
            kept.append(x)
        return kept[1:]

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """RGB `(B, 3, S, S)` in 0..1 to embeddings `(B, D)` and logits `(B, number of labels)`."""
        embedding: Tensor = self.embed(self.maps(pictures)[-1].mean(dim=(2, 3)))
        return embedding, self.classes(embedding.relu())


def save_classifier(path: Path, network: FaceClassifier, *, half: bool = True) -> None:
    """Write a classifier's file; `half` stores float16.

    Raises:
        WeightsError: it cannot be written.
    """
    facts = {"model": "face-classifier", "config": json.dumps(asdict(network.config))}
    write_tensors(path, network.state_dict(), facts, half=half)


def load_classifier(path: Path) -> FaceClassifier:
    """A classifier from its file, in evaluation mode, without gradients.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    tensors, metadata = read_tensors(path)
    if metadata.get("model") != "face-classifier":
        raise WeightsError(f"{path}: is not the file of a face classifier")
    config = config_from_metadata(FaceClassifierConfig, path, metadata)
    try:
        network = FaceClassifier(config)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    load_module(network, tensors, origin=str(path))
    return network.requires_grad_(False).eval()
