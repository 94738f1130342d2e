from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

import talkface_atvg
from talkface_atvg.generator import AtvgGenerator
from talkface_atvg.take import BATCH, LOWER
from talkface_atvg.weights import save_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import DeviceError, PluginError, WeightsError
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import CropLayout, Device, FaceCrop, Options


def crop_at(canonical, time, *, shift=0.0, gap=0.0, shade=128):
    """A crop of the canonical face, `shift` pixels to the right, its lips `gap` open."""
    mesh = canonical.mesh.copy()
    mesh[IBUG68, :2] += gap * canonical.opening
    mesh = mesh * 128 + np.array([shift, 0, 0], np.float32)
    rows, columns = np.mgrid[:128, :128]
    pixels = np.stack([rows + columns, 255 - rows, np.full_like(rows, shade)], axis=2).clip(0, 255).astype(np.uint8)
    return FaceCrop(pixels, np.eye(2, 3), mesh.astype(np.float32), time, CropLayout())


class Photo:
    def __init__(self, crop):
        self.references = (crop,)

    def crops(self, times):
        return (replace(self.references[0], time=time) for time in times)


class Video:
    """A head that moves sideways with time; every crop may be taken once."""

    def __init__(self, canonical, count=8):
        self.canonical = canonical
        self.references = tuple(self._crop(i * 0.4) for i in range(count))
        self.asked = []

    def _crop(self, time):
        return crop_at(self.canonical, time, shift=3 * np.sin(time), gap=0.03 * (1 + np.sin(5 * time)))

    def crops(self, times):
        for time in times:
            self.asked.append(time)
            yield self._crop(time)


@pytest.fixture(scope="module")
def card():
    return ModelCard.load(Path(talkface_atvg.__file__).parent / "plugin.toml")


@pytest.fixture
def generator(card):
    made = AtvgGenerator(card)
    yield made
    made.close()


@pytest.fixture
def options(debug_weights, card):
    return Options(values=card.parse_options({}), weights=debug_weights)


@pytest.fixture
def photo(canonical):
    return Photo(crop_at(canonical, 0.0))


def test_frames_have_pixels_and_landmarks(generator, tone, photo, options):
    times = [1.0, 1.04, 1.5]
    with generator.start(tone, photo, options, Device()) as take:
        frames = list(take.render(times))
    assert [frame.time for frame in frames] == times
    for frame in frames:
        assert frame.pixels.shape == (128, 128, 3)
        assert frame.pixels.dtype == np.uint8
        assert frame.mask is None
        assert frame.landmarks.shape == (len(LOWER), 2)


def test_landmarks_follow_the_speech_and_rest_without(generator, tone, photo, options):
    with generator.start(tone, photo, options, Device()) as take:
        speaking = np.stack([frame.landmarks for frame in take.render(np.arange(30, 60) / 25)])
        silent = np.stack([frame.landmarks for frame in take.render(np.arange(100, 110) / 25)])
    assert speaking.std(axis=0).max() > 0.1
    np.testing.assert_allclose(
        silent, np.broadcast_to(photo.references[0].landmarks[IBUG68[LOWER], :2], silent.shape), atol=0.1
    )


def test_video_frames_are_their_own_examples(generator, tone, canonical, options):
    """Without motion of the speech the mouth comes to rest on the moving head: the closed mouth of that instant."""
    face = Video(canonical)
    still = replace(options, values={**options.values, "motion_gain": 0.0})
    times = [0.04 * i for i in range(20)]
    with generator.start(tone, face, still, Device()) as take:
        frames = list(take.render(times))
    assert face.asked == times
    for frame in frames:
        closed = crop_at(canonical, frame.time, shift=3 * np.sin(frame.time)).landmarks[IBUG68[LOWER], :2]
        np.testing.assert_allclose(frame.landmarks, closed, atol=0.5)


def test_unchanged_pixels_come_back_exactly(generator, tone, photo, options, debug_networks, tmp_path):
    """Where nothing is added and nothing moves the photo is returned, not a rounded copy of it."""
    networks = replace(debug_networks)
    head = networks.vg_net.colour
    before = {name: value.clone() for name, value in head.state_dict().items()}
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
    save_networks(tmp_path / "w.safetensors", networks)
    head.load_state_dict(before)
    still = replace(
        options,
        values={**options.values, "motion_gain": 0.0},
        weights={"networks": tmp_path / "w.safetensors"},
    )
    with generator.start(tone, photo, still, Device()) as t:
        frame = next(iter(t.render([1.0])))
    np.testing.assert_array_equal(frame.pixels, photo.references[0].pixels)


def test_batches_hold_little_and_read_little_ahead(generator, tone, photo, options, card):
    read = []

    def endless():
        for i in range(10**9):
            read.append(i / 10)
            yield i / 10

    with generator.start(tone, photo, options, Device()) as take:
        for frame in islice(take.render(endless()), 3 * BATCH):
            assert read[-1] - frame.time <= card.look_ahead + 0.1 + 1e-9


def test_half_precision_is_close(generator, tone, photo, options):
    frames = {}
    for precision in ("fp32", "bf16"):
        with generator.start(tone, photo, options, Device(precision=precision)) as take:
            frames[precision] = next(iter(take.render([2.0]))).pixels.astype(int)
    assert np.abs(frames["fp32"] - frames["bf16"]).mean() < 3


def test_networks_are_shared_and_freed(generator, tone, photo, options):
    first = generator.start(tone, photo, options, Device())
    second = generator.start(tone, photo, options, Device())
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


def test_wrong_faces_are_refused(generator, tone, canonical, options):
    crop = crop_at(canonical, 0.0)
    with pytest.raises(PluginError, match="give it a photo or a video"):
        generator.start(tone, None, options, Device())
    small = replace(crop, pixels=crop.pixels[:64, :64])
    with pytest.raises(PluginError, match=r"is \(64, 64, 3\) uint8"):
        generator.start(tone, Photo(small), options, Device())
    broken = replace(crop, landmarks=crop.landmarks * np.float32(np.nan))
    with pytest.raises(PluginError, match="no usable mesh"):
        generator.start(tone, Photo(broken), options, Device())
    empty = Photo(crop)
    empty.references = ()
    with pytest.raises(PluginError, match="without any reference"):
        generator.start(tone, empty, options, Device())


def test_wrong_weights_are_refused(generator, tone, photo, options, debug_networks, tmp_path):
    with pytest.raises(WeightsError, match="no weight file called 'networks'"):
        generator.start(tone, photo, replace(options, weights={}), Device())
    save_networks(tmp_path / "bare.safetensors", replace(debug_networks, basis=None))
    with pytest.raises(WeightsError, match="without its landmark basis") as caught:
        generator.start(tone, photo, replace(options, weights={"networks": tmp_path / "bare.safetensors"}), Device())
    assert "\n" not in str(caught.value)


def test_missing_device_is_refused(generator, tone, photo, options):
    with pytest.raises(DeviceError, match="cuda:9"):
        generator.start(tone, photo, options, Device(kind="cuda", index=9))


def test_a_host_that_loses_crops_is_told(generator, tone, photo, options):
    photo.crops = lambda times: iter(())
    with generator.start(tone, photo, options, Device()) as take, pytest.raises(PluginError, match="0 crops for 1"):
        list(take.render([1.0]))


def test_open_photo_can_be_closed(generator, tone, canonical, options):
    """A photo with parted lips: in silence the landmarks are those of closed lips."""
    photo = Photo(crop_at(canonical, 0.0, gap=0.06))
    with generator.start(tone, photo, options, Device()) as take:
        frame = next(iter(take.render([5.5])))
    mesh = photo.references[0].landmarks
    open_gap = np.linalg.norm(mesh[13, :2] - mesh[14, :2])
    inner = {int(point): i for i, point in enumerate(LOWER)}
    gap = np.linalg.norm(frame.landmarks[inner[62]] - frame.landmarks[inner[66]])
    assert gap < 0.3 * open_gap


def test_registering_imports_no_torch():
    import subprocess
    import sys

    code = (
        "import sys, talkface_atvg\n"
        "class R:\n"
        "    def add(self, *a, **k): print(a[0] if isinstance(a[0], str) else a[0].name, k.get('converter'))\n"
        "talkface_atvg.talkface_register_generators(R()); talkface_atvg.talkface_register_recipes(R())\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["atvg", "talkface_atvg.convert:convert", "atvg", "None"]
