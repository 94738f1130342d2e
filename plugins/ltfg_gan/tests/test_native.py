"""Tests of frames made at the size of the face in the video."""

import cv2
import numpy as np
import torch

from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.face_generator import FaceOutput
from talkface_ltfg_gan.native import FADE, native_frames

SMALL, LARGE, TOP = 32, 64, 12
CONFIG = FaceConfig(size=SMALL, top=TOP)
FIRST = TOP * LARGE // SMALL
WHOLE = (TOP + FADE) * LARGE // SMALL
"""The first row that has nothing of the frame's."""


def output(flow=(0.0, 0.0), correction=0.0, confidence=(1.0, 1.0), left=0):
    """What a network says of one frame from two references: one flow everywhere, in its own pixels, one correction."""
    shape = SMALL - TOP, SMALL - 2 * left
    moves = torch.tensor(flow).reshape(1, 1, 2, 1, 1).expand(1, 2, 2, *shape)
    trusted = torch.tensor(confidence).reshape(1, 2, 1, 1, 1).expand(1, 2, 1, *shape)
    warped = torch.full((1, 3, SMALL, SMALL), 0.5)
    return FaceOutput(warped + correction, warped, moves, trusted)


def pictures():
    """A frame and three references of fine texture."""
    rng = np.random.default_rng(0)
    fine = rng.integers(40, 216, (4, LARGE, LARGE, 3)).astype(np.uint8)
    return np.stack([cv2.GaussianBlur(each, (0, 0), 0.7) for each in fine])


def made(out, frame, references, chosen=(1, 1)):
    (result,) = native_frames(out, frame[None], references, np.array([chosen]), config=CONFIG)
    return result


def test_without_flow_and_correction_a_frame_is_its_reference_below_the_first_row():
    frame, *references = pictures()
    result = made(output(), frame, np.stack(references))
    np.testing.assert_array_equal(result[:FIRST], frame[:FIRST])
    np.testing.assert_array_equal(result[WHOLE:], references[1][WHOLE:])


def test_flow_brings_the_references_own_pixels():
    """A flow of three pixels of the network's is six of the large crop's: not one value is blurred."""
    frame, *references = pictures()
    result = made(output(flow=(3.0, 0.0)), frame, np.stack(references))
    np.testing.assert_array_equal(result[WHOLE:, :-6], references[1][WHOLE:, 6:])


def test_a_half_pixel_keeps_more_texture_than_linear_sampling_would():
    frame, *references = pictures()
    result = made(output(flow=(0.25, 0.0)), frame, np.stack(references))[WHOLE:, :-1]
    here = references[1][WHOLE:].astype(float)
    linear = (here[:, :-1] + here[:, 1:]) / 2
    sharpness = [np.abs(np.diff(each[:, 4:-4].astype(float), axis=0)).mean() for each in (result, linear)]
    assert sharpness[0] > 1.03 * sharpness[1]
    assert np.abs(result - linear).mean() < 8


def test_confidence_weighs_the_references():
    frame, *references = pictures()
    result = made(output(confidence=(0.75, 0.25)), frame, np.stack(references), chosen=(0, 2))
    expected = 0.75 * references[0].astype(float) + 0.25 * references[2]
    assert np.abs(result[WHOLE:] - expected[WHOLE:]).max() <= 1


def test_what_is_not_shown_is_the_frames_own_and_the_rest_is_the_same():
    frame, *references = pictures()
    out = output(flow=(0.4, -0.7), correction=0.1)
    whole = made(out, frame, np.stack(references))
    box = np.array([[20.5, FIRST - 9, 44.0, 51.2]], np.float32)
    (part,) = native_frames(out, frame[None], np.stack(references), np.array([[1, 1]]), config=CONFIG, shown=box)
    np.testing.assert_array_equal(part[FIRST:52, 20:44], whole[FIRST:52, 20:44])
    outside = np.ones(part.shape[:2], bool)
    outside[FIRST:52, 20:44] = False
    np.testing.assert_array_equal(part[outside], frame[outside])


def test_a_correction_is_added_and_clipped():
    frame, *references = pictures()
    result = made(output(correction=0.5), frame, np.stack(references)).astype(int)
    expected = np.minimum(references[1][WHOLE:].astype(int) + 128, 255)
    assert np.abs(result[WHOLE:] - expected).max() <= 1


def test_what_is_made_begins_as_the_frame_at_edges_within_the_crop():
    dark, light = (np.full((LARGE, LARGE, 3), level, np.uint8) for level in (0, 200))
    config = FaceConfig(size=SMALL, top=TOP, left=4)
    (result,) = native_frames(output(left=4), dark[None], light[None], np.array([[0, 0]]), config=config)
    near, width = 4 * LARGE // SMALL, FADE * LARGE // SMALL
    assert not result[:FIRST].any()
    assert not result[:, :near].any()
    assert not result[:, -near:].any()
    inside = result[WHOLE:, near + width : -near - width]
    assert inside.min() == 200
    down, across = result[FIRST:, LARGE // 2, 0].astype(int), result[-1, near:-near, 0].astype(int)
    assert (np.diff(down[:width]) > 0).all()
    assert (np.diff(across[:width]) > 0).all()
    np.testing.assert_array_equal(across, across[::-1])
    assert down[0] == across[0] < 10


def test_a_part_fades_as_the_whole_does():
    frame, *references = pictures()
    config = FaceConfig(size=SMALL, top=TOP, left=4)
    given = frame[None], np.stack(references), np.array([[1, 1]])
    (whole,) = native_frames(output(flow=(0.4, -0.7), left=4), *given, config=config)
    for left, top, right, bottom in ((12, 26, 44, 60), (0, 40, 30, 64), (38, 20, 64, 50)):
        box = np.array([[left, top, right, bottom]], np.float32)
        (part,) = native_frames(output(flow=(0.4, -0.7), left=4), *given, config=config, shown=box)
        np.testing.assert_array_equal(part[top:bottom, left:right], whole[top:bottom, left:right])
