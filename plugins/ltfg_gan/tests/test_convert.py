import pytest
import torch

from talkface_ltfg_gan.convert import convert
from talkface_studio.api.errors import WeightsError


@pytest.fixture
def published(reference, tmp_path):
    """Both checkpoints, blank; a test changes what it needs before saving them again."""
    paths = {name: tmp_path / f"{name}.pth" for name in ("landmark_generator", "renderer")}
    for network, path in paths.items():
        torch.save(reference.blank(network), path)
    return paths


def refused(paths, output, message):
    with pytest.raises(WeightsError) as caught:
        convert(list(paths), output)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("lips", None, "tensor mouse_keypoint_map.bias is missing"),
        ("lips", (82,), "tensor mouse_keypoint_map.bias has shape (82,), the published network has (80,)"),
        ("modality", (5, 512), "tensor fusion_transformer.modality.weight has shape (5, 512)"),
        ("surprise", (3,), "unexpected tensor surprise"),
        # A bias that does not belong to its norm is not folded away.
        ("bias", (8,), "unexpected tensor mel_encoder.0.conv_block.0.bias"),
    ],
)
def test_checkpoint_must_be_the_published_network(published, reference, tmp_path, name, shape, message):
    names = {
        "lips": "mouse_keypoint_map.bias",
        "modality": "fusion_transformer.modality.weight",
        "bias": "mel_encoder.0.conv_block.0.bias",
    }
    tensors = reference.blank("landmark_generator")
    key = names.get(name, name)
    if shape is None:
        del tensors[key]
    else:
        tensors[key] = torch.zeros(shape)
    torch.save(tensors, published["landmark_generator"])
    refused(published.values(), tmp_path / "out.safetensors", message)


def test_both_networks_are_needed_once(published, tmp_path):
    out, landmarks, renderer = tmp_path / "out.safetensors", published["landmark_generator"], published["renderer"]
    refused([landmarks], out, "no renderer checkpoint was given; add the authors' file")
    refused([renderer], out, "no landmark generator checkpoint was given")
    refused([renderer, renderer], out, "a second renderer (the first is renderer.pth)")
    refused([tmp_path / "nowhere.pth"], out, "no such checkpoint")
    torch.save({"weight": torch.zeros(2)}, renderer)
    refused([renderer], out, "neither IP_LAP's landmark generator nor its renderer (its first tensor is weight)")
