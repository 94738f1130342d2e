"""How the model is trained and measured: AT-net on normalised landmarks, then VG-net against its discriminator."""

from talkface_atvg.recipe.recipe import AtvgRecipe

__all__ = ["AtvgRecipe"]
