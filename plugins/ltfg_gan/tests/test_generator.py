"""Tests of the generator, its takes, and the motion behind them, on untrained networks and the sample video."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import talkface_ltfg_gan
from talkface_ltfg_gan.config import preset
from talkface_ltfg_gan.generator import LtfgGenerator
from talkface_ltfg_gan.motion import SpeechMotion
from talkface_ltfg_gan.person import Person, network_points
from talkface_ltfg_gan.steady_head import POSE, SteadyHead
from talkface_ltfg_gan.take import BATCH
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import DeviceError, PluginError, WeightsError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import CropLayout, Device, Options


@pytest.fixture(scope="module")
def card():
    return ModelCard.load(Path(talkface_ltfg_gan.__file__).parent / "plugin.toml", "ltfg-gan")


@pytest.fixture
def generator(card):
    made = LtfgGenerator(card)
    yield made
    made.close()


@pytest.fixture
def options(debug_weights, card):
    return Options(values=card.parse_options({}), weights=debug_weights)


def test_a_steady_head_is_put_back_where_it_was(clip):
    """Heads that turn by up to ten degrees: held still they do not, and put back they do again."""
    angles = np.radians(10 * np.sin(np.arange(clip.frames) / 9))
    zero, one = np.zeros_like(angles), np.ones_like(angles)
    turns = np.array(
        [[np.cos(angles), zero, np.sin(angles)], [zero, one, zero], [-np.sin(angles), zero, np.cos(angles)]]
    )
    middle = np.array([64, 64, 0])
    meshes = ((np.asarray(clip.landmarks) - middle) @ turns.transpose(2, 1, 0) + middle).astype(np.float32)
    head = SteadyHead.fit(meshes[::10])
    steady = head.points(meshes)
    turning = np.ptp(network_points(meshes, 128)[:, :POSE], axis=0)
    assert turning.max() > 0.09
    assert np.ptp(steady[:, :POSE, :2], axis=0).max() < 0.3 * turning.max()
    back = head.placed(steady[:, POSE:], meshes)
    np.testing.assert_allclose(back, network_points(meshes, 1)[:, POSE:], atol=1e-3)


def test_a_steady_head_lies_as_its_crops_do(clip):
    meshes = np.asarray(clip.landmarks[::10])
    points = [SteadyHead.fit(meshes, layout).points(meshes) for layout in (None, CropLayout(128, 0.5, 0.4))]
    np.testing.assert_allclose(points[1][..., :2], (points[0][..., :2] - [0.5, 1 / 3]) * 1.25 + [0.5, 0.4], atol=1e-5)


@pytest.mark.parametrize("side", [128, 192, 256])
def test_frames_have_the_size_of_their_crops(generator, tone, make_face, options, side):
    times = [1.0, 1.04, 1.5]
    with generator.start(tone, make_face(side=side), options, Device()) as take:
        frames = list(take.render(times))
    assert [frame.time for frame in frames] == times
    for frame in frames:
        assert frame.pixels.shape == (side, side, 3)
        assert frame.pixels.dtype == np.uint8
        assert frame.landmarks.shape == (57, 2)
        assert 0.5 * side < frame.landmarks[:, 1].mean() < side


def test_large_crops_keep_what_the_network_cannot_see(generator, tone, make_face, options):
    """Stripes of a pixel, which are gone at the network's size, are still there in a frame at the video's size."""
    face = make_face(side=256)
    stripes = 40 * (-1) ** np.arange(256)[None, :, None]

    def striped(crop):
        return replace(crop, pixels=np.clip(crop.pixels.astype(int) + stripes, 0, 255).astype(np.uint8))

    face.references = tuple(striped(crop) for crop in face.references)
    still = replace(options, values={**options.values, "motion_gain": 0.0})
    with generator.start(tone, face, still, Device()) as take:
        frame = next(iter(take.render([0.0])))
    bottom = int(frame.landmarks[:, 1].max())
    chin = frame.pixels[bottom - 15 : bottom, 100:150].astype(int)
    assert np.abs(np.diff(chin, axis=1)).mean() > 20


def test_the_mouth_moves_in_speech_and_closes_without(generator, tone, make_face, options):
    face = make_face()
    with generator.start(tone, face, options, Device()) as take:
        person = take._parts.person
        moving = take._parts.motion.at(np.arange(30, 60) / 25)
        silent = take._parts.motion.at(np.arange(100, 110) / 25)
    assert moving.std(axis=0).max() > 1e-4
    np.testing.assert_allclose(silent, np.broadcast_to(person.rest, silent.shape), atol=1e-6)
    closed = min(face.references, key=lambda crop: lip_opening(crop.landmarks))
    expected = person.head.points(closed.landmarks[None])[0, POSE:, :2]
    np.testing.assert_allclose(person.rest, expected, atol=1e-5)


def test_motion_does_not_depend_on_who_asks(generator, tone, make_face, options):
    with generator.start(tone, make_face(), options, Device()) as take:
        parts = take._parts
        times = np.arange(20, 90) / 25
        whole = parts.motion.at(times)
        gain = options.values["motion_gain"]
        other = SpeechMotion(tone, parts.networks.landmark_generator, parts.person.steady, parts.person.rest, gain=gain)
        np.testing.assert_array_equal(other.at(times[33:]), whole[33:])


def test_batches_hold_little_and_read_little_ahead(generator, tone, make_face, options, card):
    read = []

    def endless():
        for i in range(10**9):
            read.append(i / 10)
            yield i / 10

    with generator.start(tone, make_face(), options, Device()) as take:
        for frame in islice(take.render(endless()), 2 * BATCH):
            assert read[-1] - frame.time <= card.look_ahead + 0.1 + 1e-9


def test_half_precision_is_close(generator, tone, make_face, options):
    frames = {}
    for precision in ("fp32", "bf16"):
        with generator.start(tone, make_face(), options, Device(precision=precision)) as take:
            frames[precision] = next(iter(take.render([2.0]))).pixels.astype(int)
    assert np.abs(frames["fp32"] - frames["bf16"]).mean() < 2


def test_a_person_is_known_from_one_picture(make_face, debug):
    person = Person.known_from(make_face(references=1).references, debug.face_generator, Device())
    assert person.rest.shape == (57, 2)
    assert person.pictures.shape == (1, 128, 128, 3)
    assert preset("debug").face_generator.size == 128


def test_networks_are_shared_and_freed(generator, tone, make_face, options):
    first = generator.start(tone, make_face(), options, Device())
    second = generator.start(tone, make_face(), options, Device())
    assert first._parts.networks is second._parts.networks
    first.close()
    first.close()
    assert len(list(second.render([1.0]))) == 1
    with pytest.raises(PluginError, match="closed"):
        list(first.render([1.0]))
    second.close()
    generator.close()
    generator.close()
    assert not generator._networks


def test_wrong_inputs_are_refused(generator, tone, make_face, options):
    face = make_face()
    with pytest.raises(PluginError, match="give it a video or a photo"):
        generator.start(tone, None, options, Device())
    with pytest.raises(WeightsError, match="no weight file called 'networks'"):
        generator.start(tone, face, replace(options, weights={}), Device())
    with pytest.raises(DeviceError, match="cuda:9"):
        generator.start(tone, face, options, Device(kind="cuda", index=9))
    crop = face.references[0]
    for wrong, message in (
        (replace(crop, pixels=crop.pixels[:64, :64]), r"is \(64, 64, 3\) uint8"),
        (replace(crop, pixels=np.zeros((320, 320, 3), np.uint8)), r"is \(320, 320, 3\) uint8"),
        (replace(crop, landmarks=crop.landmarks * np.float32(np.nan)), "no usable mesh"),
    ):
        face.references = (wrong,)
        with pytest.raises(PluginError, match=message):
            generator.start(tone, face, options, Device())
    face.references = ()
    with pytest.raises(PluginError, match="without any reference"):
        generator.start(tone, face, options, Device())


def test_a_host_that_loses_crops_is_told(generator, tone, make_face, options):
    face = make_face()
    face.crops = lambda times: iter(())
    with generator.start(tone, face, options, Device()) as take, pytest.raises(PluginError, match="0 crops for 1"):
        list(take.render([1.0]))
