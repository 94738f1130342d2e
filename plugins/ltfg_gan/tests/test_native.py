"""Tests of frames made at the size of the face in the video."""

import cv2
import numpy as np
import torch

from talkface_ltfg_gan.face_generator import FaceOutput
from talkface_ltfg_gan.native import native_frames

SMALL, LARGE, TOP = 32, 64, 12
FIRST = TOP * LARGE // SMALL


def output(flow=(0.0, 0.0), correction=0.0, confidence=(1.0, 1.0)):
    """What a network says of one frame from two references: one flow everywhere, in its own pixels, one correction."""
    rows = SMALL - TOP
    moves = torch.tensor(flow).reshape(1, 1, 2, 1, 1).expand(1, 2, 2, rows, SMALL)
    trusted = torch.tensor(confidence).reshape(1, 2, 1, 1, 1).expand(1, 2, 1, rows, SMALL)
    warped = torch.full((1, 3, SMALL, SMALL), 0.5)
    return FaceOutput(warped + correction, warped, moves, trusted)


def pictures():
    """A frame and three references of fine texture."""
    rng = np.random.default_rng(0)
    fine = rng.integers(40, 216, (4, LARGE, LARGE, 3)).astype(np.uint8)
    return np.stack([cv2.GaussianBlur(each, (0, 0), 0.7) for each in fine])


def made(out, frame, references, chosen=(1, 1)):
    (result,) = native_frames(out, frame[None], references, np.array([chosen]), top=TOP)
    return result


def test_without_flow_and_correction_a_frame_is_its_reference_below_the_first_row():
    frame, *references = pictures()
    result = made(output(), frame, np.stack(references))
    np.testing.assert_array_equal(result[:FIRST], frame[:FIRST])
    np.testing.assert_array_equal(result[FIRST:], references[1][FIRST:])


def test_flow_brings_the_references_own_pixels():
    """A flow of three pixels of the network's is six of the large crop's: not one value is blurred."""
    frame, *references = pictures()
    result = made(output(flow=(3.0, 0.0)), frame, np.stack(references))
    np.testing.assert_array_equal(result[FIRST:, :-6], references[1][FIRST:, 6:])


def test_a_half_pixel_keeps_more_texture_than_linear_sampling_would():
    frame, *references = pictures()
    result = made(output(flow=(0.25, 0.0)), frame, np.stack(references))[FIRST:, :-1]
    here = references[1][FIRST:].astype(float)
    linear = (here[:, :-1] + here[:, 1:]) / 2
    sharpness = [np.abs(np.diff(each[:, 4:-4].astype(float), axis=0)).mean() for each in (result, linear)]
    assert sharpness[0] > 1.03 * sharpness[1]
    assert np.abs(result - linear).mean() < 8


def test_confidence_weighs_the_references():
    frame, *references = pictures()
    result = made(output(confidence=(0.75, 0.25)), frame, np.stack(references), chosen=(0, 2))
    expected = 0.75 * references[0].astype(float) + 0.25 * references[2]
    assert np.abs(result[FIRST:] - expected[FIRST:]).max() <= 1


def test_what_is_not_shown_is_the_frames_own_and_the_rest_is_the_same():
    frame, *references = pictures()
    out = output(flow=(0.4, -0.7), correction=0.1)
    whole = made(out, frame, np.stack(references))
    box = np.array([[20.5, FIRST - 9, 44.0, 51.2]], np.float32)
    (part,) = native_frames(out, frame[None], np.stack(references), np.array([[1, 1]]), top=TOP, shown=box)
    np.testing.assert_array_equal(part[FIRST:52, 20:44], whole[FIRST:52, 20:44])
    outside = np.ones(part.shape[:2], bool)
    outside[FIRST:52, 20:44] = False
    np.testing.assert_array_equal(part[outside], frame[outside])


def test_a_correction_is_added_and_clipped():
    frame, *references = pictures()
    result = made(output(correction=0.5), frame, np.stack(references)).astype(int)
    expected = np.minimum(references[1][FIRST:].astype(int) + 128, 255)
    assert np.abs(result[FIRST:] - expected).max() <= 1
