"""The contract's rules, on an untrained network with all layers of the published one, an eighth as wide."""

from pathlib import Path

import pytest
import wav2lip_plugin
from wav2lip_plugin.generator import Wav2LipGenerator

from talkface_studio.api.card import ModelCard
from talkface_studio.api.testing import GeneratorConformance
from talkface_studio.api.values import Options

CARD = ModelCard.load(Path(wav2lip_plugin.__file__).with_name("plugin.toml"))


class TestConformance(GeneratorConformance):
    model = "wav2lip"
    preset = "paper"

    @pytest.fixture(autouse=True)
    def _weights(self, weights):
        self.weights = weights

    def create(self, host):
        return Wav2LipGenerator(CARD)

    def options(self, host, given=None, *, seed=0):
        values = CARD.parse_options(given or {})
        return Options(values=values, preset=self.preset, seed=seed, weights={"network": self.weights})
