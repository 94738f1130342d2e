from __future__ import annotations

import json

import pytest

from talkface_scldm.config import ABLATIONS, ScldmConfig, ablated, preset
from talkface_studio.api.errors import WeightsError


@pytest.mark.parametrize("name", ["paper", "compact", "debug"])
def test_a_configuration_survives_json(name: str) -> None:
    config = preset(name)
    assert config.preset == name
    assert ScldmConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_paper_preset_has_the_papers_numbers() -> None:
    paper = preset("paper")
    assert paper.speech.width == paper.face.latent_size == 4096
    assert (paper.diffusion.prior_mode, paper.diffusion.prior_weight) == ("shift", 0.01)
    assert (paper.diffusion.steps, paper.denoiser.multipliers) == (1000, (1, 2, 3, 4))
    # With one token cross-attention would be a constant.
    assert all(preset(name).speech.tokens[0] * preset(name).speech.tokens[1] >= 8 for name in ("paper", "compact"))


def test_each_row_of_the_ablation_switches_its_parts() -> None:
    rows = {row: ablated(preset("compact"), row) for row in ABLATIONS}
    assert rows["+CP+PN"] == preset("compact")
    switches = {row: (config.alignment.contrastive, config.diffusion.prior) for row, config in rows.items()}
    assert switches == {"base": (False, False), "+CP": (True, False), "+PN": (False, True), "+CP+PN": (True, True)}


def test_wrong_configurations_are_refused() -> None:
    with pytest.raises(WeightsError, match="no preset 'huge'"):
        preset("huge")
    with pytest.raises(WeightsError, match=r"diffusion\.prior_mode"):
        ScldmConfig.from_dict({"diffusion": {"prior_mode": "other"}})
