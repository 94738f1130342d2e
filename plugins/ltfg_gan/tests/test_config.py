import json

import pytest

from talkface_ltfg_gan.config import LtfgConfig, preset
from talkface_ltfg_gan.table import ROWS, published_config, table_row
from talkface_studio.api.errors import WeightsError


@pytest.mark.parametrize("name", ["paper", "compact", "debug"])
def test_presets_survive_json(name):
    config = preset(name)
    assert config.preset == name
    assert LtfgConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_unknown_preset_is_refused():
    with pytest.raises(WeightsError, match="no preset 'huge'"):
        preset("huge")


@pytest.mark.parametrize(
    ("section", "field", "value", "message"),
    [
        ("face_generator", "cross_attention", 1, "configuration.face_generator.cross_attention: 1"),
        ("face_generator", "patch", 3, "configuration.face_generator.patch: 3"),
        ("landmark_generator", "fusion", "lstm", "configuration.landmark_generator.fusion"),
        ("landmark_generator", "speech", {"kind": "mfcc"}, "configuration.landmark_generator.speech.kind"),
        ("landmark_generator", "colour", 1, "unknown field 'colour'"),
    ],
)
def test_wrong_values_are_named(section, field, value, message):
    data = preset("debug").to_dict()
    data[section][field] = value
    with pytest.raises(WeightsError) as caught:
        LtfgConfig.from_dict(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_last_row_is_the_whole_model():
    for name in ("paper", "compact", "debug"):
        assert table_row(preset(name), "ltfg-gan") == preset(name)


def test_rows_add_one_thing_each():
    rows = [table_row(preset("paper"), row) for row in ROWS]
    kinds = [(row.landmark_generator.speech.kind, row.face_generator.speech.kind) for row in rows]
    assert kinds == [("log_mel", "log_mel"), *[("wav2vec2", "wav2vec2")] * 3]
    assert [row.face_generator.cross_attention for row in rows] == [False, False, True, True]
    assert [row.face_generator.conditional_convolution for row in rows] == [False, False, False, True]
    # The face generator alone tells the later rows apart, as in the paper.
    assert len({row.landmark_generator for row in rows[1:]}) == 1


def test_published_configuration_samples_as_the_authors_do():
    config = published_config()
    assert not config.face_generator.align_corners
    assert not config.face_generator.analytic_flow
    assert config.landmark_generator.fusion == "transformer"
