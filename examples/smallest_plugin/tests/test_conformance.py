from talkface_studio.api.testing import GeneratorConformance


class TestConformance(GeneratorConformance):
    model = "loud_mouth"
