"""The rules for portraits: on untrained networks, and on the weights that ship."""

from pathlib import Path

import pytest

import talkface_scldm
from talkface_scldm.generator import ScldmGenerator
from talkface_studio.api.card import ModelCard
from talkface_studio.api.testing import PortraitConformance
from talkface_studio.api.values import Options

FOLDER = Path(talkface_scldm.__file__).parent
CARD = ModelCard.load(FOLDER / "plugin.toml")


class TestUntrained(PortraitConformance):
    @pytest.fixture(autouse=True)
    def _debug_weights(self, debug_weights):
        self.weights = debug_weights

    def create(self, host):
        return ScldmGenerator(CARD)

    def options(self, host, *, seed=0):
        return Options(values=CARD.parse_options({"steps": 10}), seed=seed, weights=self.weights)


class TestShipped(PortraitConformance):
    def create(self, host):
        return ScldmGenerator(CARD)

    def options(self, host, *, seed=0):
        weights = {each.name: FOLDER / each.path for each in CARD.weights}
        return Options(values=CARD.parse_options({"steps": 10}), seed=seed, weights=weights)
