from dataclasses import replace

import numpy as np
import pytest

from talkface_studio.api.errors import FaceNotFoundError
from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.faces.region import face_box
from talkface_studio.faces.select import choose_face, choose_observation, summarise
from talkface_studio.faces.tracked import TrackedFrame

PIXELS = np.zeros((8, 8, 3), np.uint8)


def placed(face, track, x, scale, time=0.0):
    landmarks = face.landmarks * np.float32(scale) + np.float32([x, 0, 0])
    return replace(face, landmarks=landmarks, box=face_box(landmarks), track=track, time=time)


@pytest.fixture
def clip(face):
    """Nothing for 0.2 s; then track 0, small and left; from 0.4 s on also track 1, large, which moves to the right."""
    frames = []
    for index in range(60):
        time = index / 25
        faces = []
        if index >= 5:
            faces.append(placed(face, 0, 0, 0.5, time))
        if index >= 10:
            faces.append(placed(face, 1, 300 + index, 1.5, time))
        frames.append(TrackedFrame(VideoFrame(PIXELS, time, index), tuple(faces)))
    return frames


def test_the_largest_is_the_first(clip):
    assert choose_face(clip, FaceChoice()).track == 1
    assert choose_face(clip, FaceChoice(index=1)).track == 0


def test_no_more_than_the_first_second_with_faces_is_read(clip):
    stream = iter(clip)
    choose_face(stream, FaceChoice())
    assert next(stream).frame.time == pytest.approx(1.28, abs=0.05)


def test_by_a_point_at_a_time(clip, face):
    x, y = clip[40].faces[1].landmarks[4, :2]
    chosen = choose_face(clip, FaceChoice(point=(x, y), time=1.61))
    assert (chosen.track, chosen.time) == (1, 1.6)
    left = clip[40].faces[0].landmarks[4, :2]
    assert choose_face(clip, FaceChoice(point=(left[0], left[1]), time=99.0)).track == 0


def test_errors_name_what_there_is(clip):
    with pytest.raises(FaceNotFoundError, match=r"no face 2; 2 faces were found, largest first: 137 px wide at"):
        choose_face(clip, FaceChoice(index=2))
    with pytest.raises(
        FaceNotFoundError, match=r"no face at 3,4 in the frame at 0\.20 s; 1 face was found: 46 px wide"
    ):
        choose_face(clip, FaceChoice(point=(3, 4), time=0.2))
    with pytest.raises(FaceNotFoundError, match=r"no face was found in the frame at 0\.00 s"):
        choose_face(clip, FaceChoice(point=(3, 4)))
    with pytest.raises(FaceNotFoundError, match="no face -1"):
        choose_face(clip, FaceChoice(index=-1))
    with pytest.raises(FaceNotFoundError, match="no face was found"):
        choose_face(clip[:5], FaceChoice())
    with pytest.raises(FaceNotFoundError, match="no frame"):
        choose_face([], FaceChoice(point=(1, 1)))


def test_in_a_single_picture(face):
    faces = (placed(face, 0, 0, 0.5), placed(face, 1, 300, 1.5))
    assert choose_observation(faces, FaceChoice()).track == 1
    assert choose_observation(faces, FaceChoice(index=1)).track == 0
    assert choose_observation(faces, FaceChoice(point=(110, 60))).track == 0
    with pytest.raises(FaceNotFoundError, match="no face at 1,1 in the picture; 2 faces were found"):
        choose_observation(faces, FaceChoice(point=(1, 1)))
    with pytest.raises(FaceNotFoundError, match="no face was found"):
        choose_observation((), FaceChoice())


def test_summaries(clip):
    first, second = summarise(clip)
    assert (first.track, first.frames, first.first_time, first.last_time) == (0, 55, 0.2, 59 / 25)
    assert (second.track, second.frames, second.first_time) == (1, 50, 0.4)
    np.testing.assert_allclose(second.box, np.mean([each.faces[1].box for each in clip[10:]], axis=0), rtol=1e-6)
    assert summarise([]) == ()
