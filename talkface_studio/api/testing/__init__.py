"""The conformance suite: what every generator plugin must hold to, as tests that a plugin runs in one line.

    from talkface_studio.api.testing import GeneratorConformance

    class TestConformance(GeneratorConformance):
        model = "my_model"

The fixture `conformance_host`, which hands the suite its speech, its faces and the installed model, comes with the
studio as a pytest plugin; nothing needs to be configured. Only this package of `api` imports pytest.
"""

from talkface_studio.api.testing.generator import GeneratorConformance
from talkface_studio.api.testing.material import Host
from talkface_studio.api.testing.portrait import PortraitConformance

__all__ = ["GeneratorConformance", "Host", "PortraitConformance"]
