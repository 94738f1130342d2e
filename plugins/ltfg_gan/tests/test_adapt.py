"""Tests of fine-tuning on the person, on untrained networks and the sample video."""

import math

import numpy as np
import pytest
import torch

from talkface_ltfg_gan import adapt, adapt_cache
from talkface_ltfg_gan.adapt import FEWEST, adapted
from talkface_ltfg_gan.adapt_cache import kept_adaptation
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.api.values import Device


@pytest.fixture(autouse=True)
def long_enough(monkeypatch):
    """The sample video is shorter than what is learned from."""
    monkeypatch.setattr(adapt, "SHORTEST", 0.0)


def test_few_pictures_or_no_steps_change_nothing(debug, make_face):
    network = debug.face_generator
    for references, steps in ((FEWEST - 1, 5), (FEWEST, 0)):
        done = adapted(network, make_face(references=references).references, Device(), steps=steps, seed=0)
        assert done.network is network
        assert done.known == tuple(range(references))
        assert math.isnan(done.before)


def test_of_a_short_clip_nothing_is_learned(wrong, make_face, monkeypatch):
    monkeypatch.setattr(adapt, "SHORTEST", 60.0)
    done = adapted(wrong, make_face(references=12).references, Device(), steps=5, seed=0)
    assert done.network is wrong
    assert done.after == done.before


@pytest.mark.parametrize("worse", [False, True])
def test_more_references_are_used_where_they_help(debug, make_face, monkeypatch, worse):
    errors = []

    def counted(album, network, targets, known, device):
        errors.append(len(known))
        return 0.01 * (1 if worse == (len(known) > 16) else 0.5)

    monkeypatch.setattr(adapt._Album, "mouth_error", counted)
    done = adapted(debug.face_generator, make_face(references=32).references, Device(), steps=1, seed=0)
    # First without those kept aside, as few and all; then what is chosen, by the network that was trained.
    assert errors == [12, 24, 12 if worse else 24]
    assert len(done.known) == (16 if worse else 32)
    assert (done.after > done.before) is not worse


def test_a_reference_is_not_made_from_the_same_moment(debug, make_face):
    crops = make_face(references=8).references
    album = adapt._Album.of(debug.face_generator, [crops[0], *crops], Device())
    first, others = np.array([0]), np.arange(2, 9)
    made = (album.made(debug.face_generator, first, known, Device()) for known in (np.arange(9), others))
    torch.testing.assert_close(*made)


def test_it_gets_better_on_pictures_that_it_did_not_learn_from(debug, make_face):
    network = debug.face_generator
    with torch.no_grad():
        # A correction that is wrong everywhere is easily unlearned.
        network.translation.leave.weight.add_(0.02)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    references = make_face(references=12).references
    done = adapted(network, references, Device(), steps=30, seed=0)
    assert done.after > done.before + 0.5
    assert done.network is not network
    assert not any(parameter.requires_grad for parameter in done.network.parameters())
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
        if "speech" in name:
            assert torch.equal(value, done.network.state_dict()[name]), name
    again = adapted(network, references, Device(), steps=30, seed=0)
    np.testing.assert_allclose(again.after, done.after, atol=1e-3)


def test_what_makes_it_worse_is_rolled_back(debug, make_face, monkeypatch):
    monkeypatch.setattr("talkface_ltfg_gan.adapt.RATE", 10.0)
    done = adapted(debug.face_generator, make_face(references=8).references, Device(), steps=10, seed=0)
    assert done.network is debug.face_generator
    assert done.after == done.before


@pytest.fixture
def wrong(debug):
    """A network with a correction that is wrong everywhere, which is easily unlearned."""
    with torch.no_grad():
        debug.face_generator.translation.leave.weight.add_(0.02)
    return debug.face_generator


@pytest.fixture
def counted(monkeypatch):
    """How often something was really learned."""
    calls = []

    def counting(*args, **kwargs):
        calls.append(kwargs)
        return adapted(*args, **kwargs)

    monkeypatch.setattr(adapt_cache, "adapted", counting)
    return calls


def same(one, other):
    return all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())


def test_a_second_dub_of_a_video_learns_nothing_again(wrong, make_face, counted, tmp_path):
    references = make_face(references=8).references
    folder = tmp_path / "not" / "there" / "yet"

    def again(**changes):
        asked = {"steps": 2, "seed": 0, "folder": folder} | changes
        return kept_adaptation(wrong, references, Device(), **asked)

    first, second = again(), again()
    assert len(counted) == 1
    assert same(first.network, second.network)
    assert not same(wrong, second.network)
    assert (second.before, second.after) == (first.before, first.after)
    assert not any(parameter.requires_grad for parameter in second.network.parameters())
    # Other steps, another seed, another picture and other weights are another adaptation.
    again(steps=3)
    again(seed=1)
    references = (*references[1:], references[0])
    again()
    with torch.no_grad():
        wrong.translation.leave.weight.add_(0.001)
    again()
    assert len(counted) == 5
    again(folder=None)
    assert len(counted) == 6
    assert len(list(folder.iterdir())) == 5


@pytest.mark.parametrize("harm", ["cut", "flipped", "emptied"])
def test_a_damaged_file_is_computed_again(wrong, make_face, counted, tmp_path, harm):
    references = make_face(references=8).references
    asked = {"steps": 2, "seed": 0, "folder": tmp_path}
    first = kept_adaptation(wrong, references, Device(), **asked)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    broken = {"cut": whole[:-100], "flipped": whole[:-1] + bytes([whole[-1] ^ 1]), "emptied": b""}[harm]
    path.write_bytes(broken)
    second = kept_adaptation(wrong, references, Device(), **asked)
    assert len(counted) == 2
    assert same(first.network, second.network)
    third = kept_adaptation(wrong, references, Device(), **asked)
    assert len(counted) == 2
    assert same(first.network, third.network)


def test_that_nothing_got_better_is_known_too(debug, make_face, counted, tmp_path, monkeypatch):
    monkeypatch.setattr("talkface_ltfg_gan.adapt.RATE", 10.0)
    references = make_face(references=8).references
    for _ in range(2):
        done = kept_adaptation(debug.face_generator, references, Device(), steps=2, seed=0, folder=tmp_path)
        assert done.network is debug.face_generator
    assert len(counted) == 1


def test_a_folder_that_cannot_be_written_costs_only_time(wrong, make_face, tmp_path):
    (tmp_path / "file").write_text("")
    references = make_face(references=8).references
    done = kept_adaptation(wrong, references, Device(), steps=2, seed=0, folder=tmp_path / "file")
    assert done.after > done.before


def test_only_the_files_used_last_are_kept(wrong, make_face, tmp_path, monkeypatch):
    monkeypatch.setattr(adapt_cache, "KEPT", 2)
    references = make_face(references=8).references
    for seed in range(3):
        kept_adaptation(wrong, references, Device(), steps=1, seed=seed, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_it_can_be_cancelled_and_leaves_nothing(wrong, make_face, tmp_path):
    answers = iter([False, False, True])
    with pytest.raises(JobCancelledError):
        kept_adaptation(
            wrong,
            make_face(references=8).references,
            Device(),
            steps=10,
            seed=0,
            folder=tmp_path,
            cancelled=lambda: next(answers),
        )
    assert not list(tmp_path.iterdir())
