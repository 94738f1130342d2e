"""The measures of prepared clips."""

import numpy as np
import pytest
import torch

from talkface_studio.api.values import CropLayout
from talkface_studio.quality.image import psnr, ssim
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import ClipCrops, LocalFid, clip_crop, pixel_scores, spread_frames
from talkface_trainer.perceptual import PerceptualNetwork

SIDE = 24


@pytest.fixture
def frames():
    """Five frames of smooth noise, so that changes are neither clipped nor hidden."""
    rng = np.random.default_rng(1)
    return rng.integers(60, 190, (5, SIDE, SIDE, 3), dtype=np.uint8)


@pytest.fixture
def mouths():
    """A box in the lower middle, half of it certain."""
    mask = np.zeros((5, SIDE, SIDE), np.float32)
    mask[:, 14:18, 8:16] = 1
    mask[:, 18:20, 8:16] = 0.5
    return mask


def test_a_clip_shows_its_own_frames_as_a_video_does(toy_dataset):
    data = Dataset(toy_dataset)
    clip = data.clips("val_unseen")[0]
    layout = CropLayout(size=24)
    face = ClipCrops(clip, data.layout, layout, np.array([1, 4]))
    for crop, index in zip(face.references, (1, 4), strict=True):
        wanted = clip_crop(clip, index, data.layout, layout)
        np.testing.assert_array_equal(crop.pixels, wanted.pixels)
        np.testing.assert_array_equal(crop.landmarks, wanted.landmarks)
        assert crop.time == pytest.approx(clip.times[index])
    # Between frames and beyond the clip the nearest one is seen, at the instant that was asked for.
    asked = [-0.5, 0.079, 0.081, 99.0]
    crops = list(face.crops(asked))
    assert [crop.time for crop in crops] == asked
    for crop, index in zip(crops, (0, 2, 2, clip.frames - 1), strict=True):
        np.testing.assert_array_equal(crop.pixels, clip.crops[index][4:-4, 4:-4])


@pytest.mark.parametrize(("frames", "count", "chosen"), [(16, 4, [2, 6, 10, 14]), (3, 6, [0, 1, 2]), (75, 1, [37])])
def test_frames_are_spread_evenly(frames, count, chosen):
    np.testing.assert_array_equal(spread_frames(frames, count), chosen)


def test_true_frames_measure_perfect(frames, mouths):
    scores = pixel_scores(frames, frames, mouths)
    assert scores == pytest.approx({"mouth_psnr": 100, "mouth_ssim": 1, "psnr": 100, "ssim": 1, "flicker": 1})


def test_whole_crops_are_measured_as_in_the_quality_room(frames, mouths):
    changed = frames[:, ::-1].copy()
    scores = pixel_scores(changed, frames, mouths)
    for name, measure in (("psnr", psnr), ("ssim", ssim)):
        wanted = np.mean([measure(real, ours) for real, ours in zip(frames, changed, strict=True)])
        assert scores[name] == pytest.approx(wanted)


def test_only_the_mouth_counts_around_the_mouth(frames, mouths):
    elsewhere, inside, edge = (frames.copy() for _ in range(3))
    elsewhere[:, :2, :2] += 20
    inside[:, 14:18, 8:16] += 20
    edge[:, 18:20, 8:16] += 20
    far, near, half = (pixel_scores(side, frames, mouths) for side in (elsewhere, inside, edge))
    assert far["mouth_psnr"] == 100
    assert far["mouth_ssim"] == pytest.approx(1, abs=1e-6)
    assert far["psnr"] < 100
    # 32 pixels of 40 weights are wrong by 20, or 16 pixels that weigh a half.
    assert near["mouth_psnr"] == pytest.approx(10 * np.log10(255**2 / (400 * 32 / 40)))
    assert half["mouth_psnr"] == pytest.approx(10 * np.log10(255**2 / (400 * 8 / 40)))
    assert near["mouth_ssim"] < 0.99


def test_flicker_is_that_of_the_mouth_in_parts_of_the_true_one(frames, mouths):
    still = np.repeat(frames[:1], 5, axis=0)
    trembling = still.copy()
    trembling[::2, 14:20, 8:16] += 10
    assert pixel_scores(still, trembling, mouths)["flicker"] == 0
    more = still.copy()
    more[::2, 14:20, 8:16] += 30
    assert pixel_scores(more, trembling, mouths)["flicker"] == pytest.approx(3)
    assert np.isnan(pixel_scores(trembling, still, mouths)["flicker"])
    assert np.isnan(pixel_scores(frames[:2], frames[:2], mouths[:2])["flicker"])


class Colours(PerceptualNetwork):
    """Sees brightness, four pixels at a time."""

    name = "colours"
    layers = ("fine", "coarse")

    def forward(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        return [pictures, torch.nn.functional.avg_pool2d(pictures, 4)]


def test_the_distance_of_sets_sees_a_shift_of_all_their_pictures():
    rng = np.random.default_rng(2)
    base = rng.integers(40, 200, (40, 1, 1, 3), dtype=np.uint8) + rng.integers(0, 5, (40, 8, 8, 3), dtype=np.uint8)
    fid = LocalFid(Colours())
    fid.add("truth", base[:23])
    fid.add("truth", base[23:])
    fid.add("same", base)
    fid.add("brighter", base + np.uint8(51))
    assert fid.distance("truth", "same") == pytest.approx(0, abs=1e-6)
    # The mean of each of three channels is 0.2 away, and nothing else.
    assert fid.distance("truth", "brighter") == pytest.approx(3 * 0.2**2, abs=1e-4)
