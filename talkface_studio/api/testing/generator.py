"""The rules of `api.generator`, as one class of tests."""

from talkface_studio.api.testing.inputs import InputRules
from talkface_studio.api.testing.mouth import MouthRules
from talkface_studio.api.testing.release import ReleaseRules
from talkface_studio.api.testing.timing import TimingRules


class GeneratorConformance(TimingRules, MouthRules, ReleaseRules, InputRules):
    """Everything that a generator must hold to; see `GeneratorSuite` for what a subclass says of its model."""
