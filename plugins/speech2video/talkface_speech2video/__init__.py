"""Speech2Video: a voice alone becomes a talking face; whose face it is, the voice says.

This module only registers the model; networks and torch are imported when a take is started.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, RecipeRegistrar, hookimpl

_FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `speech2video`, and to convert the published CPC encoder that its training can start from."""
    registrar.add(
        ModelCard.load(_FOLDER / "plugin.toml"),
        "talkface_speech2video.generator:Speech2VideoGenerator",
        folder=_FOLDER,
    )
    registrar.add_part("cpc", "talkface_speech2video.convert:convert_cpc", path="speech2video/cpc.safetensors")


@hookimpl
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Offer its training recipe."""
    registrar.add("speech2video", "talkface_speech2video.recipe.recipe:Speech2VideoRecipe")
