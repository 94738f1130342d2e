"""The encoder computes what the published one computes, whole or piece by piece."""

import numpy as np
import pytest
import torch

from talkface_speech2video.config import CpcConfig
from talkface_speech2video.convert import convert_cpc, load_cpc
from talkface_speech2video.cpc import Cpc, CpcStream
from talkface_studio.api.errors import WeightsError


@pytest.fixture(scope="module")
def converted(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cpc")
    # Under "weights", beside the heads that training left there.
    torch.save({"weights": {**published, "wPrediction.predictors.0.weight": torch.zeros(3)}}, folder / "cpc.pt")
    convert_cpc([folder / "cpc.pt"], folder / "cpc.safetensors")
    return load_cpc(folder / "cpc.safetensors")


def test_the_converted_encoder_agrees_with_the_authors(converted, golden):
    with torch.inference_mode():
        context, encoded = converted(torch.from_numpy(golden["samples"])[None])
    np.testing.assert_allclose(context.numpy(), golden["context"], atol=1e-4)
    np.testing.assert_allclose(encoded.numpy(), golden["encoded"], atol=1e-4)


def test_a_stream_gives_what_the_whole_gives_whatever_its_pieces():
    torch.manual_seed(1)
    network = Cpc(CpcConfig(channels=8, state=8)).eval()
    samples = torch.randn(16_000) * 0.1
    with torch.inference_mode():
        context, encoded = network(samples[None])
        for size in (160, 333, 7000):
            stream = CpcStream(network)
            parts = [stream.push(part) for part in samples.split(size)] + [stream.push(torch.zeros(0), last=True)]
            assert torch.allclose(torch.cat([part[0] for part in parts]), context[0], atol=1e-6)
            assert torch.allclose(torch.cat([part[1] for part in parts]), encoded[0], atol=1e-6)
            # What it holds does not grow.
            assert len(stream._held) <= 3 * 160 + 320


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("gAR.baseNet.bias_ih_l0", None, r"tensor gAR\.baseNet\.bias_ih_l0 is missing"),
        ("gEncoder.conv1.weight", torch.zeros(3), r"gEncoder\.conv1\.weight has shape"),
        ("gEncoder.conv9.weight", torch.zeros(3), r"unexpected tensor gEncoder\.conv9\.weight"),
    ],
)
def test_another_checkpoint_is_refused(published, tmp_path, name, value, message):
    tensors = dict(published)
    if value is None:
        del tensors[name]
    else:
        tensors[name] = value
    torch.save({"weights": tensors}, tmp_path / "cpc.pt")
    with pytest.raises(WeightsError, match=message):
        convert_cpc([tmp_path / "cpc.pt"], tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()
