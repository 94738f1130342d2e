"""Wav2Lip: a window of log-mel speech and a face with its lower half masked become the lips.

This module only registers the model; the network and torch are imported when a take is started.
"""

from __future__ import annotations

from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import GeneratorRegistrar, hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Offer the model `wav2lip`."""
    registrar.add(
        ModelCard.load(FOLDER / "plugin.toml"),
        "wav2lip_plugin.generator:Wav2LipGenerator",
        folder=FOLDER,
        converter="wav2lip_plugin.weights:convert",
    )
