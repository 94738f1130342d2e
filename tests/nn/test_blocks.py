import pytest
import torch

from talkface_studio.nn.blocks import ConvBlock, ResidualBlock, UpBlock, norm_layer


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
