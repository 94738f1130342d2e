from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage.data import astronaut

from talkface_studio.api.errors import MediaError
from talkface_studio.media.photo import is_photo, read_photo

CORNERS = np.zeros((20, 30, 3), np.uint8)
CORNERS[:10, :15], CORNERS[:10, 15:], CORNERS[10:, :15] = (250, 10, 10), (10, 250, 10), (10, 10, 250)


@pytest.fixture
def save(tmp_path: Path):
    def save(image: Image.Image, name: str = "photo.png", **options) -> Path:
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return save


def test_a_portrait_is_read_as_it_is(save):
    pixels = astronaut()
    photo = read_photo(save(Image.fromarray(pixels)))
    assert np.array_equal(photo.pixels, pixels)
    assert photo.alpha is None
    assert photo.pixels.flags.c_contiguous
    assert photo.pixels.flags.writeable


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, CORNERS),
        (2, CORNERS[:, ::-1]),
        (3, CORNERS[::-1, ::-1]),
        (4, CORNERS[::-1]),
        (5, CORNERS.transpose(1, 0, 2)),
        (6, np.rot90(CORNERS, 1)),
        (7, CORNERS[::-1, ::-1].transpose(1, 0, 2)),
        (8, np.rot90(CORNERS, -1)),
    ],
)
@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.webp", "photo.avif"])
def test_photos_are_upright(save, orientation: int, stored: np.ndarray, name: str):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {} if name == "photo.png" else {"quality": 95}
    photo = read_photo(save(Image.fromarray(np.ascontiguousarray(stored)), name, exif=exif, **options))
    assert photo.pixels.shape == CORNERS.shape
    centres = photo.pixels[5::10, 7::15].astype(int)
    assert np.abs(centres - CORNERS[5::10, 7::15]).max() < 20


def test_transparency_is_kept_beside_the_colours(save):
    rgba = np.dstack([CORNERS, np.full(CORNERS.shape[:2], 255, np.uint8)])
    rgba[:5, :5, 3] = 0
    photo = read_photo(save(Image.fromarray(rgba)))
    assert np.array_equal(photo.pixels, CORNERS)
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, rgba[..., 3])


def test_an_alpha_channel_that_hides_nothing_is_none(save):
    assert read_photo(save(Image.fromarray(CORNERS).convert("RGBA"))).alpha is None


def test_palettes_with_and_without_a_transparent_colour(save):
    palette = Image.fromarray(CORNERS).quantize(4)
    assert np.abs(read_photo(save(palette)).pixels.astype(int) - CORNERS).max() < 4
    seen_through = palette.getpixel((0, 0))
    photo = read_photo(save(palette, "clear.png", transparency=seen_through))
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha == 0, (CORNERS == (250, 10, 10)).all(axis=2))


def test_sixteen_bit_grey_is_scaled_and_not_clipped(save):
    ramp = np.linspace(0, 65_535, 400).astype(np.uint16).reshape(20, 20)
    photo = read_photo(save(Image.fromarray(ramp)))
    assert np.abs(photo.pixels[..., 0] - ramp / 257).max() <= 0.51
    assert np.array_equal(photo.pixels[..., 0], photo.pixels[..., 2])


def test_sixteen_bit_colour(tmp_path: Path):
    cv2 = pytest.importorskip("cv2")
    deep = CORNERS.astype(np.uint16) * 257
    assert cv2.imwrite(str(tmp_path / "deep.png"), deep[..., ::-1])
    assert np.array_equal(read_photo(tmp_path / "deep.png").pixels, CORNERS)


@pytest.mark.parametrize("mode", ["L", "1", "LA", "CMYK", "F"])
def test_other_kinds_of_pixels(save, mode: str):
    grey = Image.fromarray(np.repeat(np.array([[0, 255]], np.uint8), 8, axis=1).repeat(8, axis=0))
    image = grey.convert("RGB").convert("CMYK") if mode == "CMYK" else grey.convert(mode)
    photo = read_photo(save(image, "photo.tif" if mode in {"F", "CMYK"} else "photo.png"))
    assert photo.pixels.shape == (8, 16, 3)
    assert photo.pixels[:, :8].max() < 5
    assert photo.pixels[:, 8:].min() > 250


def test_a_colour_profile_is_applied(save):
    # A profile with red and green exchanged would be noticed; sRGB itself must change nothing.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(read_photo(save(Image.fromarray(CORNERS), icc_profile=profile)).pixels, CORNERS)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert np.array_equal(read_photo(save(Image.fromarray(CORNERS), "lab.png", icc_profile=lab)).pixels, CORNERS)


def test_an_animation_is_no_photo(save):
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 128, 255)]
    assert not is_photo(save(frames[0], "moving.gif", save_all=True, append_images=frames[1:]))
    assert is_photo(save(frames[1], "still.gif"))


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "libx264"), ("clip.mpg", "mpeg1video")])
def test_a_video_is_no_photo(make_clip, name: str, codec: str):
    path = make_clip(name, codec=codec, pts=range(3))
    assert not is_photo(path)
    with pytest.raises(MediaError, match="not a picture"):
        read_photo(path)


def test_a_photo_of_a_phone_that_cannot_be_read_is_no_video(tmp_path: Path):
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(64))
    assert is_photo(path)
    with pytest.raises(MediaError, match="convert it to JPEG or PNG"):
        read_photo(path)


def test_a_truncated_photo_is_one_line(save):
    path = save(Image.fromarray(astronaut()), "photo.jpg")
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(MediaError, match="damaged") as error:
        read_photo(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_what_is_no_photo_is_one_line(tmp_path: Path, content: bytes):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"photo\.jpg"):
        read_photo(path)


def test_a_bomb_is_refused(save, monkeypatch):
    path = save(Image.fromarray(CORNERS))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(MediaError, match="cannot be read"):
        read_photo(path)
