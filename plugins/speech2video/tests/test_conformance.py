"""The contract's rules: on untrained networks as far as they ask for no training, and on the weights that ship."""

from pathlib import Path

import pytest

import talkface_speech2video
from talkface_speech2video.generator import Speech2VideoGenerator
from talkface_studio.api.card import ModelCard
from talkface_studio.api.testing import GeneratorConformance
from talkface_studio.api.testing.inputs import InputRules
from talkface_studio.api.testing.release import ReleaseRules
from talkface_studio.api.testing.timing import TimingRules
from talkface_studio.api.values import Options

CARD = ModelCard.load(Path(talkface_speech2video.__file__).parent / "plugin.toml")


class TestUntrained(TimingRules, ReleaseRules, InputRules):
    model = "speech2video"

    @pytest.fixture(autouse=True)
    def _debug_weights(self, debug_weights):
        self.weights = debug_weights

    def create(self, host):
        return Speech2VideoGenerator(CARD.model_copy(update={"weights": ()}))

    def options(self, host, given=None, *, seed=0):
        return Options(values=CARD.parse_options(given or {}), seed=seed, weights=self.weights)


class TestShipped(GeneratorConformance):
    model = "speech2video"
    still = {"head_motion": 0.0, "blinks": 0.0}  # noqa: RUF012
