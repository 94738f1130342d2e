"""The mouth opens as wide as the voice is loud."""

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar):
    registrar.add(ModelCard.load(FOLDER / "plugin.toml"), "loud_mouth.generator:LoudMouth", folder=FOLDER)
