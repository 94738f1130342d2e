"""Teachers: every one can be opened or says what is missing, and published checkpoints are read by their names."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from talkface_studio.api.errors import WeightsError
from talkface_studio.dubbing.assets import ASSETS
from talkface_studio.nn.face_classifier import FaceClassifier, FaceClassifierConfig, save_classifier
from talkface_studio.quality.teachers import ferplus, vgg_face
from talkface_studio.quality.teachers.registry import (
    TEACHERS,
    open_teacher,
    teacher_converter,
    teacher_file,
    teachers_of,
)
from talkface_studio.testing_host import StudioHost


def small_classifier(path, labels=("calm", "angry", "glad")):
    torch.manual_seed(0)
    network = FaceClassifier(FaceClassifierConfig(labels=labels, size=32, width=4, embedding=8))
    save_classifier(path, network)
    return path


def test_stand_ins_are_called_stand_ins_and_come_after_the_published():
    for subject in ("identity", "emotion", "attributes"):
        specs = teachers_of(subject)
        assert specs
        assert [spec.published for spec in specs] == sorted((spec.published for spec in specs), reverse=True)
        assert all(("stand-in" in spec.title) != spec.published for spec in specs)


@pytest.mark.parametrize("name", [name for name, spec in TEACHERS.items() if spec.converter])
def test_a_published_teacher_without_its_file_says_how_to_get_it(name, tmp_path):
    with pytest.raises(WeightsError, match=f"talkface weights convert {name}"):
        open_teacher(name, tmp_path)


def test_unknown_names_and_stand_ins_without_a_file(tmp_path):
    with pytest.raises(WeightsError, match=r"no teacher 'face\+\+'; there are: vgg-face"):
        open_teacher("face++", tmp_path)
    with pytest.raises(WeightsError, match="training makes it"):
        open_teacher("local-emotion", tmp_path)
    with pytest.raises(WeightsError, match="not converted from a checkpoint"):
        teacher_converter("dlib")


def test_a_trained_classifier_teaches_its_embedding_or_its_labels(tmp_path):
    path = small_classifier(tmp_path / "small.safetensors")
    emotions, identity = open_teacher("local-emotion", file=path), open_teacher("local-identity", file=path)
    crops = list(StudioHost().photo(emotions.layout, 1).references)
    assert emotions.labels == ("calm", "angry", "glad")
    assert emotions.describe(crops).shape == (1, 3)
    assert identity.describe(crops).shape == (1, 8)
    other = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(1)}, other)
    with pytest.raises(WeightsError, match="not the file of a face classifier"):
        open_teacher("local-identity", file=other)


class TheirVgg(nn.Module):
    """As the published file names its layers, built from the paper's table."""

    def __init__(self):
        super().__init__()
        channels = 3
        for name, width in (
            ("1_1", 64), ("1_2", 64), ("2_1", 128), ("2_2", 128), ("3_1", 256), ("3_2", 256), ("3_3", 256),
            ("4_1", 512), ("4_2", 512), ("4_3", 512), ("5_1", 512), ("5_2", 512), ("5_3", 512),
        ):  # fmt: skip
            setattr(self, f"conv{name}", nn.Conv2d(channels, width, 3, padding=1))
            channels = width

    def forward(self, x):
        for name, layer in self.named_children():
            x = layer(x).relu()
            if name in {"conv1_2", "conv2_2", "conv3_3", "conv4_3"}:
                x = nn.functional.max_pool2d(x, 2)
        return x


def test_vgg_face_converts_by_the_published_names_and_agrees(tmp_path, monkeypatch):
    torch.manual_seed(0)
    theirs = TheirVgg().eval()
    # The linear layers hold 470 MB; what is tested of them is that their tensors are found.
    monkeypatch.setattr(vgg_face.nn, "Linear", lambda rows, columns: nn.Conv1d(1, 1, 1))
    state = dict(theirs.state_dict())
    for name in ("fc6", "fc7", "fc8"):
        state |= {f"{name}.weight": torch.zeros(1, 1, 1), f"{name}.bias": torch.zeros(1)}
    torch.save(state, tmp_path / "vgg_face_dag.pth")
    output = teacher_file("vgg-face", tmp_path)
    output.parent.mkdir()
    teacher_converter("vgg-face")([tmp_path / "vgg_face_dag.pth"], output)
    teacher = open_teacher("vgg-face", tmp_path)
    picture = torch.rand(1, 3, 64, 64)
    maps = teacher.maps(picture)
    wanted = theirs(picture * 255 - torch.tensor(vgg_face.MEAN).view(1, 3, 1, 1))
    assert [tuple(found.shape[1:]) for found in maps] == [(256, 16, 16), (512, 8, 8), (512, 4, 4)]
    assert torch.allclose(maps[-1], wanted, atol=1e-4)
    state["conv1_1.weight"] = torch.zeros(3)
    torch.save(state, tmp_path / "vgg_face_dag.pth")
    with pytest.raises(WeightsError, match=r"conv1_1\.weight has shape"):
        teacher_converter("vgg-face")([tmp_path / "vgg_face_dag.pth"], output)


def test_ferplus_converts_and_gives_eight_emotions(tmp_path):
    network = ferplus.FerPlusNetwork()
    state = {}
    for name, value in network.state_dict().items():
        stage, *rest = name.split(".")
        if stage == "stages":
            layer = rest[2].replace("_bn", "")
            suffix = "_bn" if rest[2].endswith("_bn") else ""
            there = {"middle": "3x3"}.get(layer, f"1x1_{layer}")
            state[f"conv{int(rest[0]) + 2}_{int(rest[1]) + 1}_{there}{suffix}.{rest[3]}"] = value
        else:
            theirs = {"stem": "conv1_7x7_s2", "stem_bn": "conv1_7x7_s2_bn"}.get(stage, stage)
            state[f"{theirs}.{rest[0]}"] = value
    torch.save(state, tmp_path / "senet.pth")
    output = teacher_file("ferplus", tmp_path)
    output.parent.mkdir()
    teacher_converter("ferplus")([tmp_path / "senet.pth"], output)
    teacher = open_teacher("ferplus", tmp_path)
    crops = list(StudioHost().photo(teacher.layout, 1).references)
    logits = teacher.describe(crops)
    assert logits.shape == (1, len(teacher.labels)) == (1, 8)
    with torch.inference_mode():
        pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops])).movedim(3, 1).float()
        assert np.allclose(logits, network.eval()(pixels).numpy(), atol=1e-5)


def test_arcface_refuses_what_is_no_such_network(tmp_path):
    path = tmp_path / "w600k.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="not a readable ONNX network"):
        teacher_converter("arcface")([path], tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_genderage_refuses_what_is_no_such_network(tmp_path):
    path = tmp_path / "genderage.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="not a readable ONNX network"):
        teacher_converter("genderage")([path], tmp_path / "out.onnx")
    # Silero's network can be read and takes something else.
    other = ASSETS["silero-vad"].path()
    with pytest.raises(WeightsError, match=r"not a network like genderage\.onnx"):
        teacher_converter("genderage")([other], tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_attributes_are_estimated_of_a_face():
    teacher = open_teacher("dlib-attributes")
    said = teacher.describe(list(StudioHost().photo(teacher.layout, 1).references))[0]
    male, age = dict(zip(teacher.labels, said, strict=True)).values()
    assert male < 0.5
    assert 20 < age < 50
