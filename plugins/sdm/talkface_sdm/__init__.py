"""SDM: speech makes a photo talk and move its head; shallow diffusion makes every take another one.

This module only registers the model; networks and torch are imported when a take is started.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, RecipeRegistrar, hookimpl

_FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `sdm`."""
    registrar.add(ModelCard.load(_FOLDER / "plugin.toml"), "talkface_sdm.generator:SdmGenerator", folder=_FOLDER)


@hookimpl
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Offer its training recipe."""
    registrar.add("sdm", "talkface_sdm.recipe.recipe:SdmRecipe")
