from dataclasses import replace

import cv2
import numpy as np
import pytest

from talkface_studio.api.values import CropLayout, RenderedFace, VideoFrame
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.mask import face_mask
from talkface_studio.faces.paste import change_mask, match_colour, paste_face

LAYOUT = CropLayout().padded(8)


def scaled(portrait, face, factor):
    """The portrait and its face at another resolution, with fine grain that no crop can hold."""
    pixels = cv2.resize(portrait, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 6, pixels.shape)
    pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    landmarks = (face.landmarks + np.float32([0.5, 0.5, 0])) * np.float32(factor) - np.float32([0.5, 0.5, 0])
    return pixels, replace(face, landmarks=landmarks)


def in_frame(mask, crop, shape):
    """The crop's mask at the frame's resolution."""
    return cv2.warpAffine(mask, crop.matrix, shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def open_mouth(pixels):
    """A stand-in for a generator: everything below the nose stretched down."""
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    return cv2.remap(pixels, columns, rows - 6 * np.clip((rows - 80) / 30, 0, 1), cv2.INTER_LINEAR)


def pasted_into(pixels, crop, rendered, region="lower"):
    return paste_face(VideoFrame(pixels, 0.0), crop, rendered, region).pixels


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("region", ["lower", "full"])
def test_an_unchanged_face_changes_nothing(portrait, face, factor, region):
    frame, seen = scaled(portrait, face, factor)
    crop = crop_face(frame, seen, LAYOUT)
    np.testing.assert_array_equal(pasted_into(frame, crop, RenderedFace(crop.pixels, 0.0), region), frame)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
@pytest.mark.parametrize("given", [False, True])
def test_only_pixels_inside_the_mask_change(portrait, face, factor, given):
    frame, seen = scaled(portrait, face, factor)
    before = frame.copy()
    crop = crop_face(frame, seen, LAYOUT)
    mask = np.ones(crop.pixels.shape[:2], np.float32) if given else None
    pasted = pasted_into(frame, crop, RenderedFace(255 - crop.pixels, 0.0, mask))
    np.testing.assert_array_equal(frame, before)
    reached = in_frame(face_mask(crop), crop, frame.shape) > 0
    changed = (pasted != frame).any(axis=2)
    assert not (changed & ~reached).any()
    assert changed.sum() > 0.5 * reached.sum()


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
def test_a_new_mouth_arrives_where_it_was_rendered(portrait, face, factor):
    frame, seen = scaled(portrait, face, factor)
    crop = crop_face(frame, seen, LAYOUT)
    render = open_mouth(crop.pixels)
    again = crop_face(pasted_into(frame, crop, RenderedFace(render, 0.0)), seen, LAYOUT)
    inside = face_mask(crop) == 1
    wanted = np.abs(render.astype(float) - crop.pixels)[inside].mean()
    missed = np.abs(render.astype(float) - again.pixels)[inside].mean()
    assert wanted > 6
    assert missed < 0.35 * wanted


def test_fine_detail_stays_where_nothing_is_new_and_goes_where_it_is(portrait, face):
    frame, seen = scaled(portrait, face, 2.5)
    crop = crop_face(frame, seen, LAYOUT)
    half = np.zeros(crop.pixels.shape[:2], np.float32)
    half[:, 72:] = 1
    pasted = pasted_into(frame, crop, RenderedFace(crop.pixels, 0.0, half))

    inside = in_frame((face_mask(crop) == 1).astype(np.float32), crop, frame.shape) == 1
    side = in_frame(half, crop, frame.shape)
    # Where old and new meet, the kernel of the enlargement reaches to both sides.
    margin = np.ones((13, 13), np.uint8)
    kept, gone = (inside & (cv2.erode((side == value).astype(np.uint8), margin) > 0) for value in (0, 1))
    np.testing.assert_array_equal(pasted[kept], frame[kept])
    smooth = in_frame(crop.pixels.astype(np.float32), crop, frame.shape)
    assert np.abs(pasted[gone] - smooth[gone]).mean() < 2
    assert np.abs(frame[gone] - smooth[gone]).mean() > 4


def test_a_shift_of_colour_leaves_no_seam(portrait, face):
    crop = crop_face(portrait, face, LAYOUT)
    shifted = np.clip(crop.pixels.astype(int) * 0.9 + (12, -6, 8), 0, 255).astype(np.uint8)
    pasted = pasted_into(portrait, crop, RenderedFace(shifted, 0.0))
    mask = in_frame(face_mask(crop), crop, portrait.shape)
    edge = (mask > 0) & (mask < 0.9)
    error = np.abs(pasted.astype(int) - portrait)
    assert error[edge].mean() < 2
    assert np.abs(shifted.astype(int) - crop.pixels).mean() > 6


def test_matching_keeps_what_was_rendered_on_purpose(portrait, face):
    crop = crop_face(portrait, face, LAYOUT)
    source = crop.pixels.astype(np.float32)
    mask = face_mask(crop)
    render = source + np.float32([10, 10, 10])
    render[100:110, 60:84] -= 80
    change = match_colour(render - source, mask)
    assert abs(change[(mask > 0.05) & (mask < 0.8)]).mean() < 1
    np.testing.assert_allclose(change[102:108, 62:82], -80, atol=3)


def test_change_mask_tells_new_from_same(portrait, face):
    source = crop_face(portrait, face, LAYOUT).pixels.astype(np.float32)
    render = source + np.random.default_rng(0).normal(0, 1, source.shape).astype(np.float32)
    render[90:120, 50:94] += 40
    mask = change_mask(render - source)
    assert mask[95:115, 55:89].min() == 1
    assert mask[:80].max() == 0


@pytest.mark.parametrize(
    "cut", [(slice(None), slice(225, None)), (slice(0, 150), slice(None)), (slice(110, None), slice(0, 230))]
)
def test_faces_partly_outside_the_frame(portrait, face, cut):
    frame = np.ascontiguousarray(portrait[cut])
    origin = np.float32([cut[1].start or 0, cut[0].start or 0, 0])
    crop = crop_face(frame, replace(face, landmarks=face.landmarks - origin), LAYOUT)
    np.testing.assert_array_equal(pasted_into(frame, crop, RenderedFace(crop.pixels, 0.0)), frame)
    pasted = pasted_into(frame, crop, RenderedFace(open_mouth(crop.pixels), 0.0))
    assert pasted.shape == frame.shape
    assert (pasted != frame).any()


def test_a_face_outside_the_frame_changes_nothing(portrait, face):
    crop = crop_face(portrait, face, LAYOUT)
    away = replace(crop, matrix=crop.matrix + np.array([[0, 0, 5000.0], [0, 0, 0]]))
    np.testing.assert_array_equal(pasted_into(portrait, away, RenderedFace(255 - crop.pixels, 0.0)), portrait)


def test_a_jaw_that_opens_further_than_the_old_one_is_pasted_whole(portrait, face):
    crop = crop_face(portrait, face, LAYOUT)
    render = open_mouth(crop.pixels)
    lowered = crop.landmarks[:, :2] + np.float32([0, 6]) * np.clip((crop.landmarks[:, 1:2] - 80) / 30, 0, 1)
    without = pasted_into(portrait, crop, RenderedFace(render, 0.0))
    with_jaw = pasted_into(portrait, crop, RenderedFace(render, 0.0, landmarks=lowered))
    chin = tuple(np.round(face.landmarks[152, :2]).astype(int))
    around = (slice(chin[1] - 4, chin[1] + 10), slice(chin[0] - 15, chin[0] + 15))
    change = [np.abs(each[around].astype(int) - portrait[around]).mean() for each in (without, with_jaw)]
    assert change[1] > change[0]
