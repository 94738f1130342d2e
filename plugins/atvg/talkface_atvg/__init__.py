"""ATVG with landmark normalisation: speech moves the canonical face's landmarks, and a network puts them on a face.

This module only registers the model; networks and torch are imported when a take is started.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, RecipeRegistrar, hookimpl

_FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `atvg`."""
    registrar.add(
        ModelCard.load(_FOLDER / "plugin.toml"),
        "talkface_atvg.generator:AtvgGenerator",
        folder=_FOLDER,
        converter="talkface_atvg.convert:convert",
    )


@hookimpl
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Offer its training recipe."""
    registrar.add("atvg", "talkface_atvg.recipe:AtvgRecipe")
