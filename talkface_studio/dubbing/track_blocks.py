"""Sightings and the tracker's state as arrays, and back, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from talkface_studio.api.values import CropLayout, FaceCrop
from talkface_studio.faces.between import STEPS
from talkface_studio.faces.memory import FollowedState, PersonState, Sighting, TrackerState
from talkface_studio.faces.region import Region, observation

Arrays = dict[str, Any]


def pack_faces(sightings: Sequence[Sighting], *, steps: bool) -> Arrays:
    """Sightings as arrays; with `steps`, their landmarks, which are whole `STEPS`, are stored as small differences."""
    faces = [face for sighting in sightings for face in sighting.faces]
    tracks = np.array([face.track for face in faces], np.int32)
    landmarks = np.stack([face.landmarks for face in faces]) if faces else np.zeros((0, 478, 3), np.float32)
    if steps:
        order = np.argsort(tracks, kind="stable")
        whole = np.round(landmarks[order] * STEPS).astype(np.int32)
        landmarks = np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1]))
    return {
        "times": np.array([sighting.time for sighting in sightings], np.float64),
        "shots": np.array([sighting.shot for sighting in sightings], np.int32),
        "counts": np.array([len(sighting.faces) for sighting in sightings], np.int32),
        "tracks": tracks,
        "landmarks": landmarks,
    }


def unpack_faces(arrays: Mapping[str, Any]) -> Iterator[Sighting]:
    """The sightings of `pack_faces`."""
    tracks, landmarks = arrays["tracks"], arrays["landmarks"]
    if landmarks.dtype == np.int32:
        restored = np.empty(landmarks.shape, np.float32)
        restored[np.argsort(tracks, kind="stable")] = (np.cumsum(landmarks, axis=0) / STEPS).astype(np.float32)
        landmarks = restored
    first = 0
    for time, shot, count in zip(arrays["times"], arrays["shots"], arrays["counts"], strict=True):
        found = range(first, first + int(count))
        faces = tuple(observation(landmarks[n], float(time), track=int(tracks[n])) for n in found)
        yield Sighting(float(time), faces, int(shot))
        first += int(count)


def pack_crops(key: str, crops: Sequence[FaceCrop]) -> Arrays:
    """Crops of one size and layout as arrays, with a key that tells which they are."""
    return {
        "key": np.array(key),
        "pixels": np.stack([crop.pixels for crop in crops]),
        "matrices": np.stack([crop.matrix for crop in crops]),
        "landmarks": np.stack([crop.landmarks for crop in crops]),
        "times": np.array([crop.time for crop in crops], np.float64),
    }


def unpack_crops(arrays: Mapping[str, Any], layout: CropLayout) -> Iterator[FaceCrop]:
    """The crops of `pack_crops`, whose layout this is."""
    for pixels, matrix, landmarks, time in zip(
        arrays["pixels"], arrays["matrices"], arrays["landmarks"], arrays["times"].tolist(), strict=True
    ):
        yield FaceCrop(pixels, matrix, landmarks, time, layout)


def pack_state(state: TrackerState) -> Arrays:
    """A tracker's state as arrays."""
    followed, persons = state.followed, state.persons
    arrays = {
        "shot": np.int64(state.shot),
        "search": np.array([state.search, state.search_closely]),
        "followed": np.array(
            [
                (face.track, face.visible, face.last_time, face.region.left, face.region.top, face.region.side)
                for face in followed
            ],
            np.float64,
        ).reshape(-1, 6),
        "followed_landmarks": np.array([face.landmarks for face in followed], np.float32).reshape(-1, 478, 3),
        "sights": np.array([person.sights for person in persons], np.int64),
        "shapes": np.array([person.shape for person in persons], np.float64).reshape(-1, 38, 3),
        "places": np.array([person.place or (np.nan,) * 4 for person in persons], np.float64).reshape(-1, 4),
    }
    return arrays if state.thumbnail is None else {**arrays, "thumbnail": state.thumbnail}


def unpack_state(arrays: Mapping[str, Any]) -> TrackerState:
    """The state of `pack_state`."""
    followed = tuple(
        FollowedState(int(track), bool(visible), float(last), landmarks, Region(int(left), int(top), int(side)))
        for (track, visible, last, left, top, side), landmarks in zip(
            arrays["followed"].tolist(), arrays["followed_landmarks"], strict=True
        )
    )
    persons = tuple(
        PersonState(shape, None if np.isnan(place[0]) else tuple(place.tolist()), int(sights))
        for shape, place, sights in zip(arrays["shapes"], arrays["places"], arrays["sights"], strict=True)
    )
    search, closely = arrays["search"].tolist()
    return TrackerState(int(arrays["shot"]), arrays.get("thumbnail"), search, closely, followed, persons)
