from __future__ import annotations

import json

import numpy as np
import pytest

from talkface_studio.api.errors import SpeechError, WeightsError
from talkface_studio.api.values import Device
from talkface_studio.speech.wav2vec2 import load_wav2vec2


def test_vectors_are_those_of_transformers_on_the_same_chunk(wav2vec2_folder, babble):
    import torch
    from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    encoder = load_wav2vec2(Device(), wav2vec2_folder / "wav2vec2")
    samples = 10 * babble[: encoder.samples_needed]
    assert (encoder.hop, encoder.centre, encoder.chunk) == (320, 200, 200)
    network = Wav2Vec2ForCTC.from_pretrained(wav2vec2_folder / "wav2vec2").eval()
    prepared = Wav2Vec2FeatureExtractor()(samples, sampling_rate=16_000, return_tensors="pt").input_values
    with torch.inference_mode():
        expected = network.wav2vec2(prepared).last_hidden_state[0]
    # 4 s and 0.5 s on each side: 250 vectors, of which the middle 200 are the chunk.
    assert len(expected) == 250
    assert encoder.encode(samples) == pytest.approx(expected[25:225].numpy(), abs=1e-3)


def test_silence_stays_silent(wav2vec2_folder):
    encoder = load_wav2vec2(Device(), wav2vec2_folder / "wav2vec2")
    hiss = np.random.default_rng(0).normal(0, 1e-6, encoder.samples_needed).astype(np.float32)
    silence = encoder.encode(np.zeros(encoder.samples_needed, np.float32))
    assert np.abs(encoder.encode(hiss) - silence).max() < np.abs(encoder.encode(hiss * 1e5) - silence).max()


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        (None, SpeechError, "no readable config.json"),
        ("{", SpeechError, "no readable config.json"),
        (json.dumps({"model_type": "bert"}), SpeechError, "holds a bert model"),
        (json.dumps({"model_type": "wav2vec2"}), WeightsError, "no usable model.safetensors"),
    ],
)
def test_a_wrong_folder_is_one_line(tmp_path, config, error, message):
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(error, match=message) as caught:
        load_wav2vec2(Device(), tmp_path)
    assert "\n" not in str(caught.value)


def test_pickled_weights_are_not_read(tmp_path, wav2vec2_folder):
    import torch

    (tmp_path / "config.json").write_bytes((wav2vec2_folder / "wav2vec2" / "config.json").read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"no usable model\.safetensors"):
        load_wav2vec2(Device(), tmp_path)
