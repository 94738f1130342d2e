"""Reading photos."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import ByteArray
from talkface_studio.media.container import check_readable, reason

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "ICO", "AVIF")
"""Pillow would also take a bare MPEG video, fonts and scripts for pictures."""
_ANIMATED = frozenset({"GIF", "PNG", "AVIF"})
"""Formats that FFmpeg plays as video when they hold several frames."""
_HEIF = (b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftypmif1")
"""How photos of phones begin. FFmpeg would take one of the tiles that they consist of for a video."""
LARGEST = 100_000_000
"""Pixels of the largest photo that is read; decoding one takes up to 12 bytes a pixel."""
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_OPEN_ERRORS = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Photo:
    """A still picture, upright.

    `pixels` is uint8 RGB `(H, W, 3)`, sRGB; `alpha` is uint8 `(H, W)`, 255 where opaque, None for an opaque photo.
    Colours under transparent pixels are the file's own.
    """

    pixels: ByteArray
    alpha: ByteArray | None = None


def is_photo(path: Path) -> bool:
    """Whether `path` is a picture rather than a video (an animation counts as video); by content, not by name.

    Raises:
        MediaError: the file is missing, empty or a folder.
    """
    check_readable(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                return not (image.format in _ANIMATED and getattr(image, "is_animated", False))
    except UnidentifiedImageError:
        return _is_heif(path)
    except _OPEN_ERRORS:
        return True


def read_photo(path: Path) -> Photo:
    """Read a photo: upright by its EXIF orientation, 16-bit scaled to 8, palette, grey and CMYK as RGB.

    A colour profile (such as Display P3 of phones) is converted to sRGB.

    Raises:
        MediaError: the file is missing, damaged, larger than `LARGEST`, or not a picture.
    """
    check_readable(path)
    try:
        # Pillow warns about odd metadata that has no bearing on the pixels.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(path, image)
                image.load()
                ImageOps.exif_transpose(image, in_place=True)
                return _convert(image)
    except UnidentifiedImageError as error:
        hint = "convert it to JPEG or PNG" if _is_heif(path) else "choose a JPEG or PNG file"
        raise MediaError(f"{path}: not a picture in a known format; {hint}") from error
    except _OPEN_ERRORS as error:
        raise MediaError(f"{path}: the picture is damaged or cannot be read ({reason(error)})") from error


def _is_heif(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:] in _HEIF


def _check_size(path: Path, image: Image.Image) -> None:
    """A file of a few bytes may announce any size, so memory is only taken for sizes that photos have."""
    if image.width * image.height > LARGEST:
        pixels, most = image.width * image.height / 1e6, LARGEST / 1e6
        raise MediaError(f"{path}: the picture has {pixels:.0f} megapixels; reduce it to {most:.0f} or fewer")


def _convert(image: Image.Image) -> Photo:
    deep = _reduce_depth(image)
    if deep is not None:
        return Photo(np.ascontiguousarray(np.repeat(deep[..., None], 3, axis=2)))
    alpha = None
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        rgba = image.convert("RGBA")
        alpha = np.array(rgba.getchannel("A"), dtype=np.uint8)
        image = _with_profile(rgba.convert("RGB"), image)
    image = _to_srgb(image)
    # Pillow's conversion to the same mode would be one more copy of a large picture.
    pixels = np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
    return Photo(pixels, None if alpha is None or bool((alpha == 255).all()) else alpha)


def _reduce_depth(image: Image.Image) -> NDArray[np.uint8] | None:
    """Grey pictures of more than 8 bits, which Pillow would clip instead of scale: uint8 `(H, W)`; None for others."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.float64)
        return np.clip(values / 257 + 0.5, 0, 255).astype(np.uint8)
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        largest = float(values.max(initial=0.0))
        scale = 255.0 if largest <= 1 else 1.0 if largest <= 255 else 255.0 / largest
        return np.clip(values * scale + 0.5, 0, 255).astype(np.uint8)
    return None


def _with_profile(image: Image.Image, source: Image.Image) -> Image.Image:
    if source.info.get("icc_profile") and source.mode in {"RGB", "RGBA"}:
        image.info["icc_profile"] = source.info["icc_profile"]
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A profile that does not fit its picture is ignored, as viewers do.
        return image
    return image if converted is None else converted
