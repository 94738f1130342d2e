import pytest
import torch
from torch import nn

from talkface_studio.nn.blocks import ConvBlock, ResidualBlock, UpBlock, norm_layer
from talkface_studio.nn.moments import single_map


@pytest.mark.parametrize("norm", ["batch", "group", "instance", "none"])
def test_shapes(norm):
    x = torch.randn(2, 12, 16, 16)
    assert ConvBlock(12, 6, norm=norm)(x).shape == (2, 6, 16, 16)
    assert ConvBlock(12, 6, stride=2, norm=norm)(x).shape == (2, 6, 8, 8)
    assert ConvBlock(12, 6, 7, padding=0, norm=norm)(x).shape == (2, 6, 10, 10)
    assert UpBlock(12, 5, norm=norm)(x).shape == (2, 5, 32, 32)
    assert ResidualBlock(12, norm=norm, dropout=0.5)(x).shape == x.shape


def test_only_unnormalised_convolutions_have_a_bias():
    assert ConvBlock(3, 4)[0].bias is None
    assert ConvBlock(3, 4, norm="none")[0].bias is not None


def test_groups_divide_the_channels():
    assert norm_layer("group", 24).num_groups == 8
    assert norm_layer("group", 12).num_groups == 4
    assert norm_layer("group", 7).num_groups == 1


def test_residual_block_adds():
    block = ResidualBlock(4).eval()
    x = torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(block(x) - x, block.body(x))


@pytest.mark.parametrize("kernel", [(3, 3), (7, 7), (5, 3)])
def test_a_convolution_to_one_map_row_by_row(kernel):
    layer = nn.Conv2d(8, 1, kernel, padding=(kernel[0] // 2, kernel[1] // 2))
    x = torch.randn(2, 8, 9, 11).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        torch.testing.assert_close(single_map(layer, x), layer(x))
