import json

import pytest

from talkface_atvg.config import AtvgConfig, preset
from talkface_studio.api.errors import WeightsError


@pytest.mark.parametrize("name", ["paper", "compact", "debug"])
def test_presets_survive_json(name):
    config = preset(name)
    assert config.preset == name
    assert AtvgConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_unknown_preset_is_refused():
    with pytest.raises(WeightsError, match="no preset 'huge'"):
        preset("huge")


@pytest.mark.parametrize(
    ("section", "field", "value", "message"),
    [
        ("vg_net", "blocks", "many", "configuration.vg_net.blocks: 'many'"),
        ("vg_net", "blocks", True, "configuration.vg_net.blocks: True"),
        ("vg_net", "image_channels", [1, 2], "expected 5 values, got 2"),
        ("at_net", "temporal", "transformer", "configuration.at_net.temporal"),
        ("at_net", "colour", 1, "unknown field 'colour'"),
    ],
)
def test_wrong_values_are_named(section, field, value, message):
    data = preset("debug").to_dict()
    data[section][field] = value
    with pytest.raises(WeightsError) as caught:
        AtvgConfig.from_dict(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_section_must_be_a_table():
    with pytest.raises(WeightsError, match="expected a table"):
        AtvgConfig.from_dict({"vg_net": 3})
