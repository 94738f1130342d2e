import av
import numpy as np
import pytest

from talkface_studio.media.colour import ColorConverter, ColorTags

# ITU-R BT.709-6, BT.601-7, BT.2020-2 and SMPTE ST 240: the luma weights of red and blue.
WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "smpte240m": (0.212, 0.087),
}
WEIGHTS["bt2020nc"] = (0.2627, 0.0593)
PATCHES = np.random.default_rng(3).integers(0, 256, (6, 6, 3), np.uint8)
PICTURE = PATCHES.repeat(16, 0).repeat(16, 1)


def _yuv(rgb: np.ndarray, space: str, full: bool) -> np.ndarray:
    """ITU-T H.273, equations 38 to 43, in 8 bits."""
    red, blue = WEIGHTS[space]
    r, g, b = np.moveaxis(rgb.astype(float), -1, 0)
    luma = red * r + (1 - red - blue) * g + blue * b
    chroma = [(b - luma) / (2 * (1 - blue)), (r - luma) / (2 * (1 - red))]
    if full:
        return np.stack([luma, *(128 + part for part in chroma)])
    return np.stack([16 + luma * 219 / 255, *(128 + part * 224 / 255 for part in chroma)])


@pytest.mark.parametrize("space", list(WEIGHTS))
@pytest.mark.parametrize("levels", ["tv", "pc"])
def test_conversion_is_that_of_the_standard(space: str, levels: str):
    tags = ColorTags(levels, "bt709", "bt709", space)
    frame = ColorConverter().from_rgb(PICTURE, "yuv444p", tags)
    assert np.abs(frame.to_ndarray() - _yuv(PICTURE, space, levels == "pc")).max() < 1.2
    assert ColorTags.of(frame) == tags
    assert np.abs(ColorConverter().to_rgb(frame).astype(int) - PICTURE).max() <= 2


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p"])
def test_flat_colours_survive_subsampling(pixel_format: str):
    tags = ColorTags("tv", "bt709", "bt709", "bt709")
    back = ColorConverter().to_rgb(ColorConverter().from_rgb(PICTURE, pixel_format, tags))
    assert np.abs(back[8::16, 8::16].astype(int) - PATCHES).max() <= 2


@pytest.mark.parametrize(("size", "space"), [((640, 480), "smpte170m"), ((1280, 720), "bt709"), ((720, 1280), "bt709")])
def test_what_untagged_video_means_depends_on_its_size(size: tuple[int, int], space: str):
    picture = np.full((size[1], size[0], 3), (200, 60, 30), np.uint8)
    frame = ColorConverter().from_rgb(picture, "yuv420p", ColorTags())
    assert ColorTags.of(frame) == ColorTags()
    assert np.abs(np.asarray(frame.planes[0])[:1] - _yuv(picture[:1, :1], space, False)[0, 0, 0]).max() < 1.2
    assert np.abs(ColorConverter().to_rgb(frame).astype(int) - picture).max() <= 2


@pytest.mark.parametrize("pixel_format", ["rgb24", "bgr0", "gbrp", "gbrp10le"])
def test_rgb_video_is_left_alone(pixel_format: str):
    frame = av.VideoFrame.from_ndarray(PICTURE).reformat(format=pixel_format)
    assert np.abs(ColorConverter().to_rgb(frame).astype(int) - PICTURE).max() <= 1


def test_grey_video_is_grey():
    shades = np.arange(256, dtype=np.uint8).reshape(16, 16)
    pixels = ColorConverter().to_rgb(av.VideoFrame.from_ndarray(shades, format="gray"))
    assert np.abs(pixels.astype(int) - shades[..., None]).max() <= 1


def test_odd_sizes_and_padded_rows_are_read():
    picture = PICTURE[:37, :53]
    frame = ColorConverter().from_rgb(picture, "yuv444p", ColorTags())
    assert ColorConverter().to_rgb(frame).shape == (37, 53, 3)
