"""VGG-Face: VGG16 trained to tell 2,622 celebrities (Parkhi, Vedaldi, Zisserman: Deep Face Recognition, 2015).

B pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from talkface_studio.api.values import CropLayout, FaceCrop, FloatArray
from talkface_studio.nn.checkpoints import load_renamed, read_checkpoint
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors
from talkface_studio.quality.teachers.pixels import stacked
from talkface_studio.quality.teachers.teacher import FileTeacher

WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Of the convolutions between poolings."""
MEAN = (129.1863, 104.7624, 93.5940)
"""Of the training pictures, RGB in 0..255."""
MAPS = ((3, 3), (4, 3), (5, 3))
"""Convolutions whose outputs `maps` gives, as (block, convolution)."""


class VggFaceNetwork(nn.Module):
    """The trunk and the first two linear layers; the layer that names the celebrities is left out."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        blocks, inputs = [], 3
        for widths in WIDTHS:
            block = []
            for width in widths:
                block.append(nn.Conv2d(inputs, width, 3, padding=1))
                inputs = width
            blocks.append(nn.ModuleList(block))
        self.blocks = nn.ModuleList(blocks)
        self.fc6 = nn.Linear(512 * 7 * 7, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)

    def features(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """RGB `(B, 3, S, S)` in 0..255 to the last pooled map and, after their ReLU, the maps of `MAPS`."""
        x, kept = pictures - self.mean, []
        for i, block in enumerate(self.blocks, 1):
            assert isinstance(block, nn.ModuleList)
            for j, convolution in enumerate(block, 1):
                x = convolution(x).relu()
                if (i, j) in MAPS:
                    kept.append(x)
            x = nn.functional.max_pool2d(x, 2)
        return x, kept

    def forward(self, pictures: Tensor) -> Tensor:
        """RGB `(B, 3, 224, 224)` in 0..255 to fc7 after its ReLU, `(B, 4096)`."""
        pooled, _ = self.features(pictures)
        seen: Tensor = self.fc7(self.fc6(pooled.flatten(1)).relu()).relu()
        return seen


class VggFace(FileTeacher):
    """The network from a converted file.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """

    layout = CropLayout(size=224, eye_distance=0.36, eye_height=0.38)

    def __init__(self, path: Path) -> None:
        tensors, _ = read_tensors(path)
        self.network = VggFaceNetwork()
        load_module(self.network, tensors, origin=str(path))
        self.network.requires_grad_(False).eval()

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """fc7, `(n, 4096)`, not normalised."""
        with torch.inference_mode():
            found: FloatArray = self.network(stacked(crops, self.layout)).numpy()
        return found

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """conv3_3, conv4_3 and conv5_3 of RGB `(B, 3, S, S)` in 0..1, at sides S / 4, S / 8 and S / 16."""
        return self.network.features(pictures * 255)[1]


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` from `vgg_face_dag.pth`.

    Raises:
        WeightsError: it cannot be read, is not that network, or the output cannot be written.
    """
    network = VggFaceNetwork()
    names = {
        f"blocks.{i}.{j}": f"conv{i + 1}_{j + 1}" for i, widths in enumerate(WIDTHS) for j in range(len(widths))
    } | {"fc6": "fc6", "fc7": "fc7"}
    theirs = {name: value for name, value in read_checkpoint(checkpoints[0]).items() if name.partition(".")[0] != "fc8"}
    load_renamed(network, theirs, names, origin=str(checkpoints[0]))
    write_tensors(output, network.state_dict(), {"teacher": "vgg-face"})
