"""What teachers say of prepared clips; see `talkface_studio.quality.teachers`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import ByteArray, CropLayout, FaceCrop, FaceObservation, FloatArray
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.quality.teachers.registry import open_teacher, teacher_spec, teachers_of
from talkface_studio.quality.teachers.teacher import Subject, Teacher, TeacherSpec
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import enlarged

__all__ = [
    "Subject",
    "Teacher",
    "TeacherSpec",
    "clip_descriptions",
    "open_teacher",
    "picture_descriptions",
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


def picture_descriptions(teacher: Teacher, pictures: ByteArray) -> list[FloatArray | None]:
    """What a teacher says of the largest face in each of some pictures `(n, H, H, 3)`; None where none is found."""
    said: list[FloatArray | None] = []
    with closing(FaceDetector(max_faces=1)) as detector:
        for picture in enlarged(pictures):
            faces = detector.detect(picture)
            crop = crop_face(picture, faces[0], teacher.layout) if faces else None
            said.append(teacher.describe([crop])[0] if crop is not None else None)
    return said
