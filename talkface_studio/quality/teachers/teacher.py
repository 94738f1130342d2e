"""What every teacher is: crops of faces go in, numbers come out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from talkface_studio.api.values import CropLayout, FaceCrop, FloatArray

Subject = Literal["identity", "emotion", "attributes"]


@dataclass(frozen=True, slots=True)
class TeacherSpec:
    """A teacher that the registry knows.

    `reference` names its class as "module:Class", which takes the path of the weight file; it is imported when used.
    """

    name: str
    subject: Subject
    title: str
    """What reports call it: a stand-in says that it is one."""
    reference: str
    published: bool
    """Whether it is a network that papers name, so that figures can be compared with theirs."""
    file: str = ""
    """What the user has to have; empty where nothing is needed or where training makes it."""
    converter: str = ""
    """"module:function" that turns an author's checkpoint into that file, or empty."""


class Teacher(ABC):
    """A teacher that is ready to use."""

    spec: TeacherSpec
    layout: CropLayout
    """The crops that it wants."""
    labels: tuple[str, ...] = ()
    """What its numbers mean, for example emotions; empty for an embedding."""

    @abstractmethod
    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """float32 `(n, D)` of crops in `layout`: an embedding, or a logit for each of `labels`."""

    @property
    def title(self) -> str:
        """What reports call it."""
        return self.spec.title


class FileTeacher(Teacher):
    """A teacher whose network is a file."""

    @abstractmethod
    def __init__(self, path: Path) -> None: ...
