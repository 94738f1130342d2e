import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from skimage import data
from skimage.filters import gaussian

from talkface_studio.api.errors import WeightsError
from talkface_trainer.efficientnet import EfficientNetLite0
from talkface_trainer.perceptual import (
    EfficientNetFeatures,
    PerceptualLoss,
    Vgg19Features,
    find_lite_weights,
    perceptual_network,
)


def tensor(picture):
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()


@pytest.fixture(scope="module")
def lite():
    return EfficientNetFeatures()


@pytest.mark.parametrize(("picture", "labels"), [("chelsea", {281, 282, 285}), ("coffee", {504, 967, 968})])
def test_the_trunk_computes_what_it_was_trained_for(picture, labels):
    """With the published head on top, a cat is a cat: names, padding and scaling of the input are right."""
    weights = torch.load(find_lite_weights(), weights_only=True)
    trunk = EfficientNetLite0().eval()
    trunk.load_state_dict({name: weights[name] for name in trunk.state_dict()})
    pixels = getattr(data, picture)()[:300, :400]
    side = min(pixels.shape[:2])
    left = (pixels.shape[1] - side) // 2
    square = F.interpolate(tensor(pixels[:side, left : left + side]), (224, 224), mode="bilinear", antialias=True)
    with torch.no_grad():
        x = trunk((square - 127) / 128, [15])[0]
        x = F.conv2d(x, weights["_conv_head.weight"])
        norm = [weights[f"_bn1.{name}"] for name in ("running_mean", "running_var", "weight", "bias")]
        x = F.relu6(F.batch_norm(x, *norm, eps=1e-3)).mean((2, 3))
        logits = F.linear(x, weights["_fc.weight"], weights["_fc.bias"])[0]
    assert set(logits.topk(3).indices.tolist()) & labels


def test_fused_norms_change_nothing(lite):
    weights = torch.load(find_lite_weights(), weights_only=True)
    trunk = EfficientNetLite0(11).eval()
    trunk.load_state_dict({name: weights[name] for name in trunk.state_dict()})
    picture = torch.rand(1, 3, 48, 64)
    with torch.no_grad():
        for one, other in zip(trunk((picture * 255 - 127) / 128, lite.blocks), lite(picture), strict=True):
            assert torch.allclose(one, other, atol=1e-4 * float(one.abs().max()))


def test_features_have_four_resolutions(lite):
    shapes = [tuple(feature.shape) for feature in lite(torch.rand(2, 3, 64, 96))]
    assert shapes == [(2, 16, 32, 48), (2, 24, 16, 24), (2, 40, 8, 12), (2, 112, 4, 6)]
    assert perceptual_network().name == "efficientnet-lite0"


def test_the_distance_grows_with_blur_and_is_zero_for_the_same_picture(lite):
    loss = PerceptualLoss(lite)
    face = data.astronaut()[70:198, 160:288] / 255
    target = tensor(face)
    distances = [float(loss(tensor(gaussian(face, sigma, channel_axis=2)), target)) for sigma in (0, 0.5, 1, 2, 5)]
    assert distances[0] == pytest.approx(0, abs=1e-5)
    assert distances == sorted(distances)
    assert distances[-1] > 0.3


def test_gradients_reach_the_picture_but_no_weight(lite):
    picture = torch.rand(1, 3, 64, 64, requires_grad=True)
    PerceptualLoss(lite, [0, 1, 1, 0]).train()(picture, torch.rand(1, 3, 64, 64)).backward()
    assert picture.grad.abs().sum() > 0
    assert not lite.training
    assert all(weight.grad is None for weight in lite.parameters())


def test_another_weight_file_is_refused(tmp_path):
    (tmp_path / "weights.pth").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="is not the expected file"):
        EfficientNetFeatures(tmp_path / "weights.pth")
    with pytest.raises(WeightsError, match=r"weights\.pth: cannot be read as weights"):
        Vgg19Features(tmp_path / "weights.pth")
    with pytest.raises(WeightsError, match="cannot be read"):
        EfficientNetFeatures(tmp_path / "missing.pth")


def test_vgg19_loads_published_names(tmp_path):
    torch.manual_seed(0)
    places = {0: (64, 3), 2: (64, 64), 5: (128, 64), 7: (128, 128), 10: (256, 128), 12: (256, 256), 14: (256, 256)}
    places |= {16: (256, 256), 19: (512, 256), 21: (512, 512), 23: (512, 512), 25: (512, 512), 28: (512, 512)}
    state = {f"features.{i}.weight": torch.randn(o, c, 3, 3) * 0.02 for i, (o, c) in places.items()}
    state |= {f"features.{i}.bias": torch.zeros(o) for i, (o, _) in places.items()}
    save_file(state, tmp_path / "vgg19.safetensors")
    network = perceptual_network(tmp_path / "vgg19.safetensors")
    assert network.name == "vgg19"
    assert [f.shape[1] for f in network(torch.rand(1, 3, 32, 32))] == [64, 128, 256, 512, 512]
    del state["features.28.weight"]
    save_file(state, tmp_path / "part.safetensors")
    with pytest.raises(WeightsError, match="not the weights of VGG19"):
        Vgg19Features(tmp_path / "part.safetensors")
