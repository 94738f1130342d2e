"""The teachers by name.

    teacher = open_teacher("vgg-face", weights_folder)     the published network, converted from the user's checkpoint
    teacher = open_teacher("local-identity", weights_folder, file=path)     a stand-in that training made
    embeddings = teacher.describe(crops)

Files of published networks lie in the user's weights folder as `teachers/NAME.safetensors` (those that onnxruntime
runs: `.onnx`), where `talkface weights convert NAME CHECKPOINT` puts them.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from talkface_studio.api.errors import WeightsError
from talkface_studio.quality.teachers.teacher import Subject, Teacher, TeacherSpec

_HERE = "talkface_studio.quality.teachers"

_SPECS = (
    TeacherSpec(
        name="vgg-face",
        subject="identity",
        title="VGG-Face (VGG16, 4096 numbers of fc7; Parkhi et al. 2015)",
        reference=f"{_HERE}.vgg_face:VggFace",
        published=True,
        file="vgg_face_dag.pth of the collection pytorch-mcn",
        converter=f"{_HERE}.vgg_face:convert",
    ),
    TeacherSpec(
        name="arcface",
        subject="identity",
        title="ArcFace (512 numbers, by onnxruntime; Deng et al. 2019)",
        reference=f"{_HERE}.arcface:ArcFace",
        published=True,
        file="a recognition network of insightface, for example w600k_r50.onnx",
        converter=f"{_HERE}.arcface:convert",
    ),
    TeacherSpec(
        name="ferplus",
        subject="emotion",
        title="SENet50 trained on FER+ (8 logits; Albanie and Vedaldi 2018)",
        reference=f"{_HERE}.ferplus:FerPlus",
        published=True,
        file="senet50_ferplus_dag.pth of the collection pytorch-mcn",
        converter=f"{_HERE}.ferplus:convert",
    ),
    TeacherSpec(
        name="dlib",
        subject="identity",
        title="dlib's face embedding (128 numbers; a stand-in for VGG-Face)",
        reference=f"{_HERE}.dlib_embedding:DlibEmbedding",
        published=False,
    ),
    TeacherSpec(
        name="local-identity",
        subject="identity",
        title="local classifier of the training speakers' faces (a small stand-in for VGG-Face)",
        reference=f"{_HERE}.local:LocalEmbedding",
        published=False,
    ),
    TeacherSpec(
        name="local-emotion",
        subject="emotion",
        title="local classifier of emotions (a small stand-in for SENet50 on FER+)",
        reference=f"{_HERE}.local:LocalClassifier",
        published=False,
    ),
    TeacherSpec(
        name="genderage",
        subject="attributes",
        title="gender and age network of insightface (genderage.onnx)",
        reference=f"{_HERE}.attributes:InsightFaceAttributes",
        published=True,
        file="genderage.onnx of insightface's package buffalo_l",
        converter=f"{_HERE}.attributes:convert",
    ),
    TeacherSpec(
        name="dlib-attributes",
        subject="attributes",
        title="gender and age networks of dlib-models (a stand-in for Face++)",
        reference=f"{_HERE}.attributes:DlibAttributes",
        published=False,
    ),
)

TEACHERS: Mapping[str, TeacherSpec] = types.MappingProxyType({spec.name: spec for spec in _SPECS})
"""All teachers; the published ones of a subject come first."""


def teachers_of(subject: Subject) -> tuple[TeacherSpec, ...]:
    """The teachers of one subject, published ones first."""
    return tuple(spec for spec in _SPECS if spec.subject == subject)


def teacher_spec(name: str) -> TeacherSpec:
    """The entry of this name.

    Raises:
        WeightsError: there is no such teacher.
    """
    if name not in TEACHERS:
        raise WeightsError(f"there is no teacher {name!r}; there are: {', '.join(TEACHERS)}")
    return TEACHERS[name]


def teacher_file(name: str, weights_folder: Path) -> Path:
    """Where the file of a published teacher lies in the user's weights folder.

    Raises:
        WeightsError: there is no such teacher.
    """
    suffix = ".onnx" if teacher_spec(name).name in {"arcface", "genderage"} else ".safetensors"
    return weights_folder / "teachers" / f"{name}{suffix}"


def open_teacher(name: str, weights_folder: Path | None = None, *, file: Path | None = None) -> Teacher:
    """A teacher with its network loaded; `file` stands for the one in the weights folder.

    Raises:
        WeightsError: there is no such teacher, its file is missing, damaged or of another network, or what runs it is
            not installed; the message says what to do.
    """
    spec = teacher_spec(name)
    made = _load(spec.reference)
    if name in {"dlib", "dlib-attributes"}:
        return _with_spec(made(), spec)
    path = file
    if path is None and spec.published and weights_folder is not None:
        path = teacher_file(name, weights_folder)
    if path is None or not path.is_file():
        raise WeightsError(_missing(spec, path))
    return _with_spec(made(path), spec)


def teacher_converter(name: str) -> Callable[[Sequence[Path], Path], None]:
    """The function `(checkpoints, output)` that makes a published teacher's file.

    Raises:
        WeightsError: there is no such teacher, or nothing to convert for it.
    """
    spec = teacher_spec(name)
    if not spec.converter:
        raise WeightsError(f"teacher {name} is not converted from a checkpoint; teachers that are: {_convertible()}")
    found: Callable[[Sequence[Path], Path], None] = _load(spec.converter)
    return found


def _convertible() -> str:
    return ", ".join(spec.name for spec in _SPECS if spec.converter)


def _missing(spec: TeacherSpec, path: Path | None) -> str:
    where = f"{path}: no such file" if path is not None else f"teacher {spec.name} needs a file"
    if spec.converter:
        return f"{where}; make it with: talkface weights convert {spec.name} CHECKPOINT ({spec.file})"
    return f"{where}; training makes it"


def _with_spec(teacher: Teacher, spec: TeacherSpec) -> Teacher:
    teacher.spec = spec
    return teacher


def _load(reference: str) -> Any:
    module, _, attribute = reference.partition(":")
    return getattr(import_module(module), attribute)
