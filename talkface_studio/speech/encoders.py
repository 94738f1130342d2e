"""The encoders that the studio knows."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from talkface_studio.api.values import Device
from talkface_studio.speech.encoder import Encoder, EncoderRegistry
from talkface_studio.speech.mel import LogMel
from talkface_studio.speech.mfcc import Mfcc
from talkface_studio.speech.whisper_models import WHISPERS, WhisperModel


def studio_encoders(device: Device, folder: Path | None = None, *, download: bool = False) -> EncoderRegistry:
    """All kinds of `Speech.features`; nothing is loaded until a kind is asked for.

    `folder` is where the user keeps encoders: a transformers folder itself, or one that holds such folders under the
    names of their kinds ("whisper-base", "wav2vec2"). Only with `download` may wav2vec2 be fetched from the hub.
    """

    def whisper(model: WhisperModel) -> Encoder:
        from talkface_studio.speech.whisper import load_whisper

        return load_whisper(device, encoder_folder(folder, model.kind, "whisper"), model)

    def wav2vec2() -> Encoder:
        from talkface_studio.speech.wav2vec2 import load_wav2vec2

        return load_wav2vec2(device, encoder_folder(folder, "wav2vec2", "wav2vec2"), download=download)

    def activity() -> Encoder:
        from talkface_studio.speech.vad import load_activity

        return load_activity()

    whispers = {kind: partial(whisper, model) for kind, model in WHISPERS.items()}
    return EncoderRegistry({"log_mel": LogMel, "mfcc": Mfcc, **whispers, "wav2vec2": wav2vec2, "silero-vad": activity})


def encoder_folder(folder: Path | None, kind: str, model_type: str) -> Path | None:
    """The folder with this kind's weights: `folder/kind`, or `folder` where its config.json names `model_type`."""
    if folder is None:
        return None
    if (folder / kind / "config.json").is_file():
        return folder / kind
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return folder if isinstance(config, dict) and config.get("model_type") == model_type else None
