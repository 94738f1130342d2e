"""Tests of fine-tuning on the person, on untrained networks and the sample video."""

import math

import numpy as np
import torch

from talkface_ltfg_gan.adapt import FEWEST, adapted
from talkface_studio.api.values import Device


def test_few_pictures_or_no_steps_change_nothing(debug, make_face):
    network = debug.face_generator
    for references, steps in ((FEWEST - 1, 5), (FEWEST, 0)):
        done = adapted(network, make_face(references=references).references, Device(), steps=steps, seed=0)
        assert done.network is network
        assert math.isnan(done.before)


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
