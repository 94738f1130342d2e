"""SCLDM: a face imagined from a voice, by diffusion in a latent space that voices and faces share.

This module only registers the model; networks and torch are imported when a portrait is asked for.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, RecipeRegistrar, hookimpl

_FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `scldm`."""
    registrar.add(ModelCard.load(_FOLDER / "plugin.toml"), "talkface_scldm.generator:ScldmGenerator", folder=_FOLDER)


@hookimpl
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Offer its training recipe."""
    registrar.add("scldm", "talkface_scldm.recipe.recipe:ScldmRecipe")
