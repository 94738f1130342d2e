from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkface_studio.api.values import AudioClip, CropLayout, Device, SpeechFeatures, VideoFrame


def ramp(rate: float, start: float, count: int = 100) -> SpeechFeatures:
    """Features whose two values are the instant and its negative."""
    times = start + np.arange(count, dtype=np.float64) / rate
    return SpeechFeatures(np.stack([times, -times], axis=1).astype(np.float32), rate, start, "ramp")


@given(rate=st.sampled_from([25.0, 50.0, 62.5, 100.0]), start=st.floats(-2, 2), part=st.floats(0, 1))
def test_features_are_interpolated_at_the_instant(rate: float, start: float, part: float) -> None:
    features = ramp(rate, start)
    time = start + part * 99 / rate
    assert features.at(np.array([time])) == pytest.approx(np.array([[time, -time]]), abs=1e-4)


def test_features_are_clamped_outside_their_window() -> None:
    features = ramp(50, 1.0)
    values = features.at(np.array([-5.0, 1.0, 500.0]))
    assert values.dtype == np.float32
    assert values[:, 0] == pytest.approx([1.0, 1.0, 1.0 + 99 / 50])


def test_features_of_a_single_vector() -> None:
    features = SpeechFeatures(np.array([[3.0]], dtype=np.float32), 50, 0.0, "one")
    assert features.at(np.array([-1.0, 0.0, 1.0])).tolist() == [[3.0], [3.0], [3.0]]


def test_interpolation_stays_exact_far_from_zero() -> None:
    """Ten minutes in, an instant between two vectors is still between them."""
    features = SpeechFeatures(np.array([[0.0], [1.0]], dtype=np.float32), 50, 600.0, "step")
    assert features.at(np.array([600.005])) == pytest.approx(np.array([[0.25]]), abs=1e-4)


def test_clip_and_frame_measure_themselves() -> None:
    clip = AudioClip(np.zeros((2, 24_000), dtype=np.float32), 48_000, start=1.0)
    assert (clip.channels, clip.duration) == (2, 0.5)
    assert VideoFrame(np.zeros((480, 640, 3), dtype=np.uint8), 0.0).size == (640, 480)


@given(size=st.integers(32, 512), margin=st.integers(0, 64))
def test_padding_keeps_scale_and_place_of_the_face(size: int, margin: int) -> None:
    layout = CropLayout(size=size)
    padded = layout.padded(margin)
    assert padded.size == size + 2 * margin
    assert padded.eye_distance * padded.size == pytest.approx(layout.eye_distance * layout.size)
    assert padded.eye_height * padded.size == pytest.approx(layout.eye_height * layout.size + margin)


def test_resizing_keeps_the_framing() -> None:
    assert CropLayout(size=128, eye_distance=0.3).resized(256) == CropLayout(size=256, eye_distance=0.3)


def test_device_has_the_name_that_torch_knows() -> None:
    assert Device().torch_name == "cpu"
    assert Device(kind="cuda", index=1, precision="bf16").torch_name == "cuda:1"


def test_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Device().index = 1  # type: ignore[misc]
