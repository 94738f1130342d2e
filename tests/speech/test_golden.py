"""Against numbers that the original libraries gave for the same input.

python_speech_features 0.6 (mfcc), librosa 0.11 with Wav2Lip's formulas (log_mel), CTranslate2 4.8 (the output of
Whisper's encoder for a mel of 30 s).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.values import Device
from talkface_studio.speech.mel import hann, slaney_filters
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.speech.whisper import build_network, packaged_weights, whisper_mel
from talkface_studio.speech.whisper_models import WHISPERS


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).with_name("golden.npz")) as file:
        return dict(file)


@pytest.fixture(scope="module")
def hiss():
    samples = np.random.default_rng(7).normal(0, 0.1, 8000).astype(np.float32)
    samples[:2000] *= np.linspace(0, 1, 2000, dtype=np.float32)
    return samples


def test_mfcc_is_that_of_python_speech_features(encoders, recorded, golden, hiss):
    features = SpeechTrack(recorded(hiss), encoders=encoders).features("mfcc", 0.0125, 0.5)
    assert features.start == pytest.approx(0.0125)
    # The library pads its last frame after pre-emphasis, which the track does before.
    count = len(golden["mfcc"]) - 1
    assert count == 48
    assert features.values[:count] == pytest.approx(golden["mfcc"][:count], abs=1e-3)


def test_log_mel_is_that_of_wav2lip(encoders, recorded, golden, hiss):
    features = SpeechTrack(recorded(hiss), encoders=encoders).features("log_mel", 0.0, 0.5)
    # The last frames reach beyond the end, where pre-emphasis of the cut differs.
    count = len(golden["log_mel"]) - 2
    assert features.values[:count] == pytest.approx(golden["log_mel"][:count], abs=1e-3)


def test_whisper_is_that_of_ctranslate2(golden):
    import torch

    mel = np.random.default_rng(8).normal(0, 0.5, (1, 80, 3000)).astype(np.float32)
    with torch.inference_mode():
        (out,) = build_network(packaged_weights(), Device(), positions=1500)(torch.from_numpy(mel), ())
    assert out[0, ::100].numpy() == pytest.approx(golden["whisper"], abs=2e-3)


@pytest.mark.parametrize("model", WHISPERS.values(), ids=list(WHISPERS))
def test_whisper_is_that_of_transformers(model):
    import torch
    from transformers import WhisperConfig
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    weights = packaged_weights(model)
    config = WhisperConfig(
        d_model=model.width,
        encoder_layers=model.layers,
        encoder_attention_heads=model.heads,
        encoder_ffn_dim=4 * model.width,
        num_mel_bins=80,
    )
    theirs = WhisperEncoder(config).eval()
    theirs.load_state_dict(weights)
    mel = torch.from_numpy(np.random.default_rng(9).normal(0, 0.5, (1, 80, 3000)).astype(np.float32))
    with torch.inference_mode():
        wanted = theirs(mel, output_hidden_states=True)
        *tapped, last = build_network(weights, Device(), model, 1500)(mel, model.taps)
    assert len(tapped) == len(model.taps)
    for layer, ours in zip(model.taps, tapped, strict=True):
        assert ours.numpy() == pytest.approx(wanted.hidden_states[layer].numpy(), abs=1e-4)
    assert last.numpy() == pytest.approx(wanted.last_hidden_state.numpy(), abs=1e-4)


def test_whisper_mel_is_that_of_transformers(hiss):
    from transformers import WhisperFeatureExtractor

    # Loud enough for the floor to hang from its loudest bin, as Whisper's does.
    padded = np.concatenate([np.zeros(16_000), 5 * hiss, np.zeros(16_000)]).astype(np.float32)
    theirs = WhisperFeatureExtractor(feature_size=80)(padded, sampling_rate=16_000, return_tensors="np")
    ours = whisper_mel(np.pad(padded, 200), hann(400), slaney_filters(80, 400, 0, 8000))
    frames = len(padded) // 160
    assert ours[:, :frames] == pytest.approx(theirs["input_features"][0, :, :frames], abs=1e-3)


def test_a_quiet_chunk_is_no_darker_than_silence_beside_speech():
    window, filters = hann(400), slaney_filters(80, 400, 0, 8000)
    assert whisper_mel(np.zeros(16_400, np.float32), window, filters).min() == pytest.approx(-1.0)
