from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from talkface_ltfg_gan.config import LandmarkConfig, preset
from talkface_ltfg_gan.linear_motion import REACH, LinearMotion
from talkface_ltfg_gan.recipe import regression
from talkface_ltfg_gan.recipe.regression import fit_motion, usual_move

SIZE = 6
COMPACT = preset("compact").landmark_generator
CONFIG: LandmarkConfig = replace(COMPACT, speech=replace(COMPACT.speech, feature_size=SIZE))


@dataclass
class Spoken:
    """A clip in which the whole mouth goes down by what is heard, some frames before and after."""

    speaker: str
    frames: int
    seed: int
    gain: float = 1.0

    def __post_init__(self):
        self.vectors = np.random.default_rng(self.seed).normal(size=(self.frames, 4, SIZE)).astype(np.float32)

    def has_features(self, kind):
        return kind == CONFIG.speech.kind

    @property
    def moves(self):
        heard = self.vectors.mean(axis=1)
        around = np.clip(np.arange(self.frames)[:, None] + np.arange(-REACH, REACH + 1), 0, self.frames - 1)
        filters = np.random.default_rng(7).normal(size=(2 * REACH + 1, SIZE))
        return self.gain * 0.01 * np.einsum("nte,te->n", heard[around], filters)

    @property
    def points(self):
        points = np.full((self.frames, 131, 2), 0.5, np.float32)
        points[:, 74:, 1] += self.moves[:, None]
        return points


def known(clips):
    return SimpleNamespace(
        dataset=SimpleNamespace(clips=lambda split: clips if split == "train" else ()),
        speech=lambda clip, frames, _: clip.vectors[frames],
        points=lambda clip: clip.points,
        openings=lambda clip: np.zeros(clip.frames, np.float32),
    )


def fitted(clips, **changed):
    motion = LinearMotion(CONFIG)
    statistics = np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32)
    fit_motion(motion, known(clips), CONFIG.speech, statistics, **{"references": 8, "balance": 1.0} | changed)
    return motion


def said(motion, clip):
    with torch.inference_mode():
        return motion(torch.from_numpy(clip.vectors)[None])[0].numpy()


def test_regression_finds_what_moves_the_mouth(monkeypatch):
    monkeypatch.setattr(regression, "RIDGE", 1e-9)
    motion = fitted([Spoken("a", 700, 1)])
    other = Spoken("c", 50, 3)
    moved = said(motion, other)
    assert moved[:, :, 0] == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(np.diff(moved[:, :, 1].mean(axis=1)), np.diff(other.moves), atol=1e-3)
    assert np.ptp(moved[:, :, 1], axis=1) == pytest.approx(0, abs=1e-4)


def test_the_penalty_makes_moves_smaller_and_keeps_their_direction():
    clip = Spoken("a", 400, 1)
    moved = said(fitted([clip]), clip)[:, 0, 1]
    assert 0.3 < moved.std() / clip.moves.std() < 0.9
    assert np.corrcoef(moved, clip.moves)[0, 1] > 0.95


def test_speakers_are_balanced(monkeypatch):
    """One who moves twice as much and has most of the clips weighs less, the smaller the exponent."""
    monkeypatch.setattr(regression, "RIDGE", 1e-9)
    clips = [Spoken("quiet", 300, 0), *(Spoken("lively", 300, seed, gain=2.0) for seed in range(1, 9))]
    other = Spoken("c", 100, 20)
    gains = [
        np.polyfit(other.moves, said(fitted(clips, balance=balance), other)[:, 0, 1], 1)[0] for balance in (1.0, 0.0)
    ]
    # Every clip begins elsewhere, which the one offset for all does not take out.
    assert gains[0] == pytest.approx(17 / 9, abs=0.15)
    assert gains[1] == pytest.approx(1.5, abs=0.15)
    assert gains[0] > gains[1] + 0.2


def test_a_frame_hears_no_further_than_its_reach():
    motion = fitted([Spoken("a", 400, 1)])
    speech = torch.randn(1, 2 * REACH + 3, 4, SIZE)
    far, near = speech.clone(), speech.clone()
    far[:, [0, -1]] += 1
    near[:, 1] += 1
    with torch.inference_mode():
        before, far, near = (motion(each)[0, REACH + 1] for each in (speech, far, near))
    torch.testing.assert_close(far, before)
    assert not torch.allclose(near, before)


def test_what_is_usual_is_the_mean_move_of_speakers_each_with_their_weight():
    clips = [Spoken("quiet", 300, 0), *(Spoken("lively", 300, 1, gain=2.0) for _ in range(8))]
    alone = [usual_move(known([clip]), CONFIG.speech.kind, references=8, balance=1.0) for clip in clips[:2]]
    assert alone[0].shape == (57, 2)
    for balance, share in ((1.0, 1 / 9), (0.0, 1 / 2)):
        usual = usual_move(known(clips), CONFIG.speech.kind, references=8, balance=balance)
        np.testing.assert_allclose(usual, share * alone[0] + (1 - share) * alone[1], atol=1e-6)
    assert np.abs(alone[0] - alone[1]).max() > 1e-3
