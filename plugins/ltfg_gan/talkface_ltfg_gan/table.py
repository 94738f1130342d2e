"""The rows of the paper's table, as switches of a configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from talkface_ltfg_gan.config import Fusion, LtfgConfig, SpeechConfig, SpeechKind, preset

Row = Literal["base", "wav2vec2", "cross-attention", "ltfg-gan"]
ROWS: tuple[Row, ...] = ("base", "wav2vec2", "cross-attention", "ltfg-gan")
"""The rows of the paper's table, each with everything of the row before: IP_LAP, its speech encoder replaced, cross
attention added, conditional convolution added."""


def table_row(config: LtfgConfig, row: Row) -> LtfgConfig:
    """`config` with the parts of one row of the paper's table, in its own sizes.

    The base row hears log-mel and fuses with a transformer. The rows after it keep the pretrained speech encoder of
    `config`, or Wav2Vec 2.0 where it has none, and its fusion, or the Conformer where it has the base row's.
    """
    landmarks, face = config.landmark_generator, config.face_generator
    base = row == "base"
    fusion: Fusion = "transformer" if base else _later_fusion(landmarks.fusion)
    return replace(
        config,
        landmark_generator=replace(landmarks, speech=_row_speech(landmarks.speech, base), fusion=fusion),
        face_generator=replace(
            face,
            speech=_row_speech(face.speech, base),
            cross_attention=row in {"cross-attention", "ltfg-gan"},
            conditional_convolution=row == "ltfg-gan",
        ),
    )


def published_config() -> LtfgConfig:
    """The base row exactly as IP_LAP publishes it."""
    base = table_row(preset("paper"), "base")
    return replace(base, face_generator=replace(base.face_generator, align_corners=False))


def _later_fusion(fusion: Fusion) -> Fusion:
    return "conformer" if fusion == "transformer" else fusion


def _row_speech(speech: SpeechConfig, base: bool) -> SpeechConfig:
    pretrained: SpeechKind = "wav2vec2" if speech.kind == "log_mel" else speech.kind
    return replace(speech, kind="log_mel" if base else pretrained)
