"""Tracks that are kept: exact, bounded, and never trusted when damaged."""

import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.values import CropLayout, FaceCrop, FaceObservation
from talkface_studio.dubbing.track_cache import TrackCache
from talkface_studio.faces import tracker as tracker_module
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.memory import FollowedState, PersonState, Sighting, TrackerState
from talkface_studio.faces.region import Region, observation
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.video import VideoReader

VIDEO = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"


def sighting(number, faces=2):
    rng = np.random.default_rng(number)
    landmarks = np.round(rng.normal(300, 50, (faces, 478, 3)) * 64) / 64
    found = tuple(
        observation(each.astype(np.float32), number / 25, track=track) for track, each in enumerate(landmarks)
    )
    return Sighting(number / 25, found[: number % (faces + 1)], number // 10)


def state(number):
    rng = np.random.default_rng(number)
    followed = FollowedState(1, True, number / 25, rng.normal(size=(478, 3)).astype(np.float32), Region(-3, 4, 250))
    persons = (PersonState(rng.normal(size=(38, 3)), None, 7), PersonState(rng.normal(size=(38, 3)), (1, 2, 3, 4.5), 9))
    return TrackerState(2, rng.normal(size=(18, 32, 3)).astype(np.float32), -np.inf, 4.25, (followed,), persons)


def same(first, second):
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if hasattr(first, "__dataclass_fields__"):
        return all(same(getattr(first, name), getattr(second, name)) for name in first.__dataclass_fields__)
    return first == second


def fill(cache, blocks, key="clip"):
    with cache.open(key) as tracks:
        for number in range(blocks):
            tracks.add([sighting(index) for index in range(5 * number, 5 * number + 5)], state(number))


def crops(count):
    rng = np.random.default_rng(count)
    layout = CropLayout(size=96, eye_distance=0.4, eye_height=0.3)
    return layout, tuple(
        FaceCrop(
            rng.integers(0, 256, (96, 96, 3), np.uint8),
            rng.normal(size=(2, 3)),
            rng.normal(size=(478, 3)).astype(np.float32),
            number / 3,
            layout,
        )
        for number in range(count)
    )


def test_crops_of_a_face_are_cut_once(tmp_path):
    cache, (layout, cut) = TrackCache(tmp_path), crops(3)
    with cache.open("clip") as tracks:
        assert tracks.crops("one", layout, lambda: cut) is cut
        assert same(tracks.crops("one", layout, lambda: pytest.fail("cut again")), cut)
        assert tracks.crops("other", layout, lambda: cut[:1]) == cut[:1]
        assert tracks.crops("nobody", layout, tuple) == ()
    fill(cache, 2)
    with cache.open("clip") as tracks:
        assert same(tracks.crops("one", layout, lambda: pytest.fail("cut again")), cut)
        assert tracks.crops("nobody", layout, lambda: cut[:1]) == cut[:1]
        assert same(tracks.state, state(1))


def test_what_is_read_is_what_was_written(tmp_path):
    cache = TrackCache(tmp_path)
    fill(cache, 4)
    with cache.open("clip") as tracks:
        assert tracks.until == 19 / 25
        assert same(tracks.state, state(3))
        assert same(tuple(tracks.sightings(-1.0)), tuple(sighting(index) for index in range(20)))
        assert [each.time for each in tracks.sightings(12.5 / 25)] == [index / 25 for index in range(13, 20)]


def test_nobody_is_remembered_as_well(tmp_path):
    nobody = TrackerState(0, None, 1.0, 2.0, (), ())
    with TrackCache(tmp_path).open("clip") as tracks:
        tracks.add([Sighting(0.0, (), 0)], nobody)
    with TrackCache(tmp_path).open("clip") as tracks:
        assert same(tracks.state, nobody)
        assert list(tracks.sightings(0.0)) == [Sighting(0.0, (), 0)]


@pytest.mark.parametrize("damage", ["flipped", "truncated", "zeros"])
def test_damage_costs_what_lies_behind_it(tmp_path, damage):
    cache = TrackCache(tmp_path)
    fill(cache, 4)
    path = tmp_path / "clip.tracks"
    content = bytearray(path.read_bytes())
    place = int(len(content) * 0.6)
    if damage == "truncated":
        del content[place:]
    else:
        damaged = bytes(100) if damage == "zeros" else bytes(255 - value for value in content[place : place + 100])
        content[place : place + 100] = damaged
    path.write_bytes(content)
    with cache.open("clip") as tracks:
        assert tracks.until == 9 / 25
        assert same(tracks.state, state(1))
        tracks.add([sighting(index) for index in range(10, 15)], state(2))
    with cache.open("clip") as tracks:
        assert same(tuple(tracks.sightings(-1.0)), tuple(sighting(index) for index in range(15)))


def test_the_end_of_a_range_is_not_the_end_of_the_clip(tmp_path):
    cache = TrackCache(tmp_path)
    fill(cache, 2)
    with cache.open("clip", end=0.6) as tracks:
        tracks.add([sighting(index) for index in range(10, 15)], None)
    for end, until in [(0.5, 14), (0.6, 14), (0.7, 9)]:
        with cache.open("clip", end=end) as tracks:
            assert tracks.until == until / 25
            assert (tracks.state is None) == (until == 14)


def test_the_oldest_clips_make_room(tmp_path):
    fill(TrackCache(tmp_path), 2, "first")
    size = (tmp_path / "first.tracks").stat().st_size
    for name in ("second", "third"):
        fill(TrackCache(tmp_path), 2, name)
    for age, name in enumerate(("second", "first", "third")):
        os.utime(tmp_path / f"{name}.tracks", (1000 + age, 1000 + age))
    TrackCache(tmp_path, limit=round(2.5 * size)).open("first").close()
    assert sorted(path.name for path in tmp_path.glob("*.tracks")) == ["first.tracks", "third.tracks"]


def test_a_second_process_reads_and_keeps_its_own(tmp_path):
    cache = TrackCache(tmp_path)
    fill(cache, 1)
    with cache.open("clip") as first, cache.open("clip") as second:
        second.add([sighting(index) for index in range(5, 10)], state(1))
        assert second.until == 9 / 25
        first.add([sighting(index) for index in range(5, 8)], state(1))
    with cache.open("clip") as tracks:
        assert tracks.until == 7 / 25


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path):
    (tmp_path / "file").touch()
    with TrackCache(tmp_path / "file" / "tracks").open("clip") as tracks:
        tracks.add([sighting(0)], state(0))
        assert list(tracks.sightings(-1.0)) == []


def landmarks(tracked):
    return [
        (each.frame.time, each.shot, tuple((face.track, face.landmarks) for face in each.faces)) for each in tracked
    ]


def test_tracking_goes_on_from_what_is_known_and_a_second_take_looks_at_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tracker_module, "_RENEW_EVERY", 0.4)
    cache = TrackCache(tmp_path)
    with VideoReader(VIDEO) as reader, FaceTracker() as tracker:
        frames = list(reader.frames(0.0, 1.5))
        expected = landmarks(tracker.track(frames))
        with cache.open("clip") as tracks:
            # Cut off in the middle.
            list(islice(tracker.track(frames, tracks), 20))
        with cache.open("clip") as tracks:
            known = tracks.until
            assert 0.3 < known < 1.2
            resumed = landmarks(tracker.track([frame for frame in frames if frame.time > known], tracks))
        assert same(tuple(resumed), tuple(expected[-len(resumed) :]))
    monkeypatch.setattr(Landmarker, "find", lambda *_: pytest.fail("looked for a face"))
    with FaceTracker() as tracker, cache.open("clip") as tracks:
        assert same(tuple(landmarks(tracker.track(frames, tracks))), tuple(expected))
        looked = tracks.looked(0.5, lambda: (FaceObservation(np.ones((478, 3), np.float32), (1, 1, 1, 1), 1.0, 0.5),))
    with cache.open("clip") as tracks:
        assert same(tracks.looked(0.5, lambda: pytest.fail("looked again")), looked)
