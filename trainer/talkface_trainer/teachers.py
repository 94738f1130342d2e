"""What teachers say of prepared clips; see `talkface_studio.quality.teachers`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import CropLayout, FaceCrop, FaceObservation, FloatArray
from talkface_studio.faces.align import crop_face
from talkface_studio.quality.teachers.registry import open_teacher, teacher_spec, teachers_of
from talkface_studio.quality.teachers.teacher import Subject, Teacher, TeacherSpec
from talkface_trainer.dataset import Clip

__all__ = [
    "Subject",
    "Teacher",
    "TeacherSpec",
    "clip_descriptions",
    "open_teacher",
    "recropped",
    "teacher_spec",
    "teachers_of",
]
BATCH = 16


def clip_descriptions(teacher: Teacher, clip: Clip, frames: Sequence[int] | NDArray[np.int64]) -> FloatArray:
    """What a teacher says of frames of a clip, float32 `(n, D)`."""
    crops = [recropped(clip, int(index), teacher.layout) for index in frames]
    parts = [teacher.describe(crops[first : first + BATCH]) for first in range(0, len(crops), BATCH)]
    return np.concatenate(parts)


def recropped(clip: Clip, index: int, layout: CropLayout) -> FaceCrop:
    """One frame of a clip in another layout, sampled from the crop that was prepared."""
    mesh = np.array(clip.landmarks[index])
    time = float(clip.times[index])
    seen = FaceObservation(mesh, (0.0, 0.0, 0.0, 0.0), 1.0, time)
    return replace(crop_face(np.ascontiguousarray(clip.crops[index]), seen, layout), time=time)
