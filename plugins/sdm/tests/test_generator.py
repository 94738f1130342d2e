"""Tests of the generator, its takes, and the motion behind them, on untrained networks."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import talkface_sdm
from talkface_sdm.completion import completed
from talkface_sdm.config import POSE
from talkface_sdm.generator import SdmGenerator
from talkface_sdm.motion import CHUNK, OVERLAP, SpeechMotion
from talkface_sdm.weights import ablated_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import DeviceError, PluginError, WeightsError
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import Device, Options
from tone_speech import ToneSpeech

TICKS = np.arange(-20, 260) / 25


@pytest.fixture(scope="module")
def card():
    return ModelCard.load(Path(talkface_sdm.__file__).parent / "plugin.toml")


@pytest.fixture
def generator(card):
    made = SdmGenerator(card)
    yield made
    made.close()


@pytest.fixture
def options(debug_weights, card):
    return Options(values=card.parse_options({}), weights=debug_weights)


@pytest.fixture(scope="module")
def performed(debug, photo):
    """Motion of ten seconds, by seed."""
    speech = ToneSpeech(0.0, 8.0, 12.0)
    return {seed: SpeechMotion(speech, debug, photo.home, seed=seed).at(TICKS) for seed in (1, 2)}


def test_seeds_make_takes_and_a_seed_repeats_its_own(debug, photo, performed) -> None:
    again = SpeechMotion(ToneSpeech(0.0, 8.0, 12.0), debug, photo.home, seed=1).at(TICKS)
    np.testing.assert_array_equal(again, performed[1])
    assert np.abs(performed[1][:, :3] - performed[2][:, :3]).mean() > 0.02 * performed[1][:, :3].std()
    # Chance is the head's alone.
    np.testing.assert_array_equal(performed[1][:, POSE:], performed[2][:, POSE:])


def test_motion_does_not_depend_on_who_asks(debug, photo, performed) -> None:
    """A window in the middle of a later run, from runs that were never asked for what lies before."""
    motion = SpeechMotion(ToneSpeech(0.0, 8.0, 12.0), debug, photo.home, seed=1)
    np.testing.assert_array_equal(motion.at(TICKS[180:230]), performed[1][180:230])
    np.testing.assert_array_equal(motion.at(TICKS[30:90]), performed[1][30:90])


def test_runs_go_over_into_each_other(performed) -> None:
    """Where the next run takes over, steps are no larger than elsewhere."""
    steps = np.abs(np.diff(performed[1][:, :POSE], axis=0)).max(axis=1)
    ticks = np.round(TICKS[1:] * 25).astype(int)
    near = (ticks % CHUNK) <= OVERLAP
    assert steps[near].max() < 2 * steps[~near].max()


def test_the_mouth_speaks_with_the_voice_and_the_head_calms_down_after_it(debug, photo) -> None:
    motion = SpeechMotion(ToneSpeech(0.0, 6.0, 12.0), debug, photo.home, seed=1)
    speaking, silent = motion.at(np.arange(50, 120) / 25), motion.at(np.arange(200, 270) / 25)
    assert speaking[:, -1].min() > 0.9
    assert silent[:, -1].max() < 0.01
    assert silent[:, :POSE].std() < 0.6 * speaking[:, :POSE].std()


def test_options_scale_the_head_and_the_mouth(debug, photo, performed) -> None:
    motion = SpeechMotion(ToneSpeech(0.0, 8.0, 12.0), debug, photo.home, seed=1, head=0.0, gain=0.5)
    made = motion.at(TICKS)
    assert made[:, :POSE].max() == 0
    np.testing.assert_allclose(made[:, POSE:-1], 0.5 * performed[1][:, POSE:-1], atol=1e-6)


def test_shallow_diffusion_changes_the_rough_motion_a_little(debug, photo, performed) -> None:
    rough = SpeechMotion(
        ToneSpeech(0.0, 8.0, 12.0), ablated_networks(debug, "no shallow diffusion"), photo.home, seed=1
    )
    assert np.abs(rough.at(TICKS) - performed[1]).max() > 1e-3


def test_frames_are_whole_crops(generator, tone, face, options) -> None:
    times = [1.0, 1.04, 1.5]
    with generator.start(tone, face, options, Device()) as take:
        frames = list(take.render(times))
    assert [frame.time for frame in frames] == times
    for frame in frames:
        assert frame.pixels.shape == face.crop.pixels.shape
        np.testing.assert_array_equal(frame.pixels[0], face.crop.pixels[0])


def test_little_is_read_ahead(generator, tone, face, options) -> None:
    read = []

    def endless():
        for i in range(10**9):
            read.append(i / 10)
            yield i / 10

    with generator.start(tone, face, options, Device()) as take:
        for frame in islice(take.render(endless()), 5):
            assert read[-1] - frame.time <= generator.card.look_ahead + 0.1 + 1e-9


def test_the_renderer_changes_its_region_alone(debug, photo) -> None:
    ibug = photo.mesh[IBUG68, :2]
    made = completed(debug.renderer, photo.pixels, ibug, ibug, unit=photo.home.unit)
    difference = np.abs(made.astype(int) - photo.pixels).max(axis=2)
    assert difference.max() > 0
    assert difference[: int(ibug[27, 1])].max() == 0


def test_networks_are_shared_and_freed(generator, tone, face, options) -> None:
    first = generator.start(tone, face, options, Device())
    second = generator.start(tone, face, options, Device())
    assert first._parts.renderer is second._parts.renderer
    first.close()
    first.close()
    assert len(list(second.render([1.0]))) == 1
    for use in (lambda: list(first.render([1.0])), lambda: first.performance(1.0)):
        with pytest.raises(PluginError, match="closed"):
            use()
    second.close()
    generator.close()
    generator.close()
    assert not generator._networks


def test_wrong_inputs_are_refused(generator, tone, face, options) -> None:
    with pytest.raises(PluginError, match="give it one"):
        generator.start(tone, None, options, Device())
    with pytest.raises(WeightsError, match="no weight file called 'networks'"):
        generator.start(tone, face, replace(options, weights={}), Device())
    with pytest.raises(DeviceError, match="cuda:9"):
        generator.start(tone, face, options, Device(kind="cuda", index=9))
    crop = face.crop
    for wrong, message in (
        (replace(crop, pixels=crop.pixels[:64, :64]), r"is \(64, 64, 3\) uint8"),
        (replace(crop, landmarks=crop.landmarks * np.float32(np.nan)), "no usable mesh"),
    ):
        face.references = (wrong,)
        with pytest.raises(PluginError, match=message):
            generator.start(tone, face, options, Device())
    face.references = ()
    with pytest.raises(PluginError, match="without any reference"):
        generator.start(tone, face, options, Device())
