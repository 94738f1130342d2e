from __future__ import annotations

import json
from dataclasses import replace

import pytest

from talkface_sdm.config import ABLATIONS, SdmConfig, ablated, check_config, preset
from talkface_sdm.recipe.settings import settings
from talkface_studio.api.errors import TrainingError, WeightsError


@pytest.mark.parametrize("name", ["paper", "compact", "debug"])
def test_a_configuration_survives_json(name: str) -> None:
    config = preset(name)
    assert config.preset == name
    assert SdmConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_paper_preset_has_the_papers_numbers() -> None:
    paper = preset("paper")
    assert paper.motion.size == 136
    assert (paper.diffusion.steps, paper.diffusion.first_beta, paper.diffusion.last_beta) == (100, 1e-4, 0.06)
    assert (paper.diffusion.channels, paper.diffusion.blocks) == (256, 20)
    assert len(paper.speech.mel_channels) == 4
    assert preset("compact").motion.size == 142


def test_each_row_of_the_ablation_switches_one_thing_off() -> None:
    full = preset("compact")
    rows = {row: ablated(full, row) for row in ABLATIONS}
    assert rows["full"] == full
    assert not rows["no pose motion"].motion.pose_motion
    assert not rows["no rhythm"].motion.rhythm
    assert not rows["no shallow diffusion"].diffusion.enabled
    assert len(set(map(str, rows.values()))) == 4


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"motion": {"chance": "all"}}, "needs motion.space"),
        ({"diffusion": {"space": "image", "boundary": "predictor"}}, "choose boundary"),
    ],
)
def test_switches_that_exclude_each_other_are_named(change, error: str) -> None:
    config = preset("debug")
    parts = {part: replace(getattr(config, part), **values) for part, values in change.items()}
    with pytest.raises(ValueError, match=error):
        check_config(replace(config, **parts))
    flat = {f"model.{part}.{key}": value for part, values in change.items() for key, value in values.items()}
    with pytest.raises(TrainingError, match=error):
        settings("debug", flat)
    check_config(config)


def test_wrong_configurations_are_refused() -> None:
    with pytest.raises(WeightsError, match="no preset 'huge'"):
        preset("huge")
    with pytest.raises(WeightsError, match=r"motion\.ind_mode"):
        SdmConfig.from_dict({"motion": {"ind_mode": "other"}})
