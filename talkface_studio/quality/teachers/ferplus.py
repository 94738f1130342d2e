"""SENet50 that names eight emotions, trained on FER+ (Albanie and Vedaldi; Hu et al., Squeeze-and-Excitation, 2018).

B pictures, C channels.
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

MEAN = (131.0912, 103.8827, 91.4953)
"""Of the training pictures, RGB in 0..255."""
STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
"""Number of blocks and their inner width; the outer width is four times as large."""
SQUEEZE = 16
LABELS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")


class SqueezeBlock(nn.Module):
    """A bottleneck whose channels are weighed by what the whole picture shows; the first convolution has the stride."""

    def __init__(self, inputs: int, width: int, stride: int, *, project: bool) -> None:
        super().__init__()
        outputs = 4 * width
        self.reduce, self.reduce_bn = nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width)
        self.middle, self.middle_bn = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.increase, self.increase_bn = nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        self.down, self.up = nn.Conv2d(outputs, outputs // SQUEEZE, 1), nn.Conv2d(outputs // SQUEEZE, outputs, 1)
        self.project = project
        if project:
            self.proj, self.proj_bn = nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, H, W)` to `(B, 4 * width, H / stride, W / stride)`."""
        made = self.reduce_bn(self.reduce(x)).relu()
        made = self.middle_bn(self.middle(made)).relu()
        made = self.increase_bn(self.increase(made))
        weight = self.up(self.down(made.mean(dim=(2, 3), keepdim=True)).relu()).sigmoid()
        kept = self.proj_bn(self.proj(x)) if self.project else x
        summed: Tensor = (made * weight + kept).relu()
        return summed


class FerPlusNetwork(nn.Module):
    """The whole network."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.stem_bn = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        stages, inputs = [], 64
        for number, (blocks, width) in enumerate(STAGES):
            stage = []
            for block in range(blocks):
                stride = 2 if block == 0 and number else 1
                stage.append(SqueezeBlock(inputs, width, stride, project=block == 0))
                inputs = 4 * width
            stages.append(nn.ModuleList(stage))
        self.stages = nn.ModuleList(stages)
        self.classifier = nn.Conv2d(inputs, len(LABELS), 1)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """RGB `(B, 3, 224, 224)` in 0..255 to logits `(B, 8)`."""
        x = self.stem_bn(self.stem(pictures - self.mean)).relu()
        x = nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)
        for stage in self.stages:
            assert isinstance(stage, nn.ModuleList)
            for block in stage:
                x = block(x)
        logits: Tensor = self.classifier(x.mean(dim=(2, 3), keepdim=True)).flatten(1)
        return logits


class FerPlus(FileTeacher):
    """The network from a converted file.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """

    layout = CropLayout(size=224, eye_distance=0.36, eye_height=0.38)
    labels = LABELS

    def __init__(self, path: Path) -> None:
        tensors, _ = read_tensors(path)
        self.network = FerPlusNetwork()
        load_module(self.network, tensors, origin=str(path))
        self.network.requires_grad_(False).eval()

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """Logits of `LABELS`, `(n, 8)`."""
        with torch.inference_mode():
            found: FloatArray = self.network(stacked(crops, self.layout)).numpy()
        return found


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` from `senet50_ferplus_dag.pth`.

    Raises:
        WeightsError: it cannot be read, is not that network, or the output cannot be written.
    """
    network = FerPlusNetwork()
    names = {"stem": "conv1_7x7_s2", "stem_bn": "conv1_7x7_s2_bn", "classifier": "classifier"}
    theirs_of = {"reduce": "1x1_reduce", "middle": "3x3", "increase": "1x1_increase", "proj": "1x1_proj"}
    for number, (blocks, _) in enumerate(STAGES):
        for block in range(blocks):
            ours, prefix = f"stages.{number}.{block}", f"conv{number + 2}_{block + 1}"
            for mine, layer in theirs_of.items():
                names[f"{ours}.{mine}"] = f"{prefix}_{layer}"
                names[f"{ours}.{mine}_bn"] = f"{prefix}_{layer}_bn"
            names[f"{ours}.down"], names[f"{ours}.up"] = f"{prefix}_1x1_down", f"{prefix}_1x1_up"
    load_renamed(network, read_checkpoint(checkpoints[0]), names, origin=str(checkpoints[0]))
    write_tensors(output, network.state_dict(), {"teacher": "ferplus"})
