"""LTFG-GAN: speech and the upper face move lips and jaw as landmarks; a second network puts them on the person.

The second network warps pictures of the person to the new landmarks and translates what comes of it into a frame. This
module only registers the model; networks and torch are imported when a take is started.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, RecipeRegistrar, hookimpl

_FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `ltfg-gan`, and `ip-lap`: its base row with the checkpoints that IP_LAP's authors publish."""
    for name in ("ltfg-gan", "ip-lap"):
        registrar.add(
            ModelCard.load(_FOLDER / "plugin.toml", name),
            "talkface_ltfg_gan.generator:LtfgGenerator",
            folder=_FOLDER,
            converter="talkface_ltfg_gan.convert:convert",
        )


@hookimpl
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Offer its training recipe."""
    registrar.add("ltfg-gan", "talkface_ltfg_gan.recipe.recipe:LtfgRecipe")
