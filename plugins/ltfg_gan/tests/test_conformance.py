"""The contract's rules: on untrained networks as far as they ask for no training, and on the weights that ship."""

from pathlib import Path
from typing import ClassVar

import pytest

import talkface_ltfg_gan
from talkface_ltfg_gan.generator import LtfgGenerator
from talkface_studio.api.card import ModelCard
from talkface_studio.api.testing import GeneratorConformance
from talkface_studio.api.testing.inputs import InputRules
from talkface_studio.api.testing.release import ReleaseRules
from talkface_studio.api.testing.timing import TimingRules
from talkface_studio.api.values import Options

CARD = ModelCard.load(Path(talkface_ltfg_gan.__file__).parent / "plugin.toml", "ltfg-gan")


class TestUntrained(TimingRules, ReleaseRules, InputRules):
    model = "ltfg-gan"
    cached: ClassVar = {"adapt": 2}

    @pytest.fixture(autouse=True)
    def _debug_weights(self, debug_weights):
        self.weights = debug_weights

    def create(self, host):
        return LtfgGenerator(CARD.model_copy(update={"weights": ()}))

    def options(self, host, given=None, *, seed=0):
        return Options(values=CARD.parse_options(given or {}), seed=seed, weights=self.weights)


class TestShipped(GeneratorConformance):
    model = "ltfg-gan"
    cached: ClassVar = {"adapt": 2}
