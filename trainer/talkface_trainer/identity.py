"""Whether a generated face is still the same person: the cosine of embeddings, frame by frame (CSIM)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talkface_studio.api.values import FaceObservation
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.region import face_box
from talkface_studio.quality.teachers.registry import open_teacher, teacher_file
from talkface_studio.quality.teachers.teacher import Teacher
from talkface_trainer.dataset import FRAME_RATE
from talkface_trainer.evaluation import Reference

COMPARED_FACES = 8
"""Frames of a clip whose embeddings are compared."""


def identity_teacher(weights_folder: Path | None) -> Teacher:
    """ArcFace where the user has it in the weights folder, else dlib's embedding.

    Raises:
        WeightsError: the user's file is damaged, or what runs the teacher is not installed.
    """
    users = weights_folder is not None and teacher_file("arcface", weights_folder).is_file()
    return open_teacher("arcface" if users else "dlib", weights_folder)


def csim(teacher: Teacher, seen: Reference, truth: Reference) -> dict[str, float]:
    """Mean cosine of a teacher's embeddings of generated and true frames, -1..1.

    Called `csim` if they are ArcFace's, as papers mean it, and `csim_NAME` if they are another teacher's: those lie on
    another scale. Empty where no frame has a face on both sides.
    """
    both = np.flatnonzero(seen.found & truth.found)
    if not len(both):
        return {}
    some = np.unique(both[np.linspace(0, len(both) - 1, COMPARED_FACES).round().astype(int)])
    embeddings = []
    for side in (seen, truth):
        found = (FaceObservation(side.meshes[i], face_box(side.meshes[i]), 1.0, i / FRAME_RATE) for i in some)
        crops = [crop_face(side.frames[i], face, teacher.layout) for i, face in zip(some, found, strict=True)]
        each = teacher.describe(crops).astype(np.float64)
        embeddings.append(each / np.linalg.norm(each, axis=1, keepdims=True))
    name = "csim" if teacher.spec.name == "arcface" else f"csim_{teacher.spec.name}"
    return {name: float((embeddings[0] * embeddings[1]).sum(axis=1).mean())}
