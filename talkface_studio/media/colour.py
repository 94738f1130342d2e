"""Colour: tags by name, and conversion between a video's YUV and the studio's RGB.

RGB is full range with the source's own primaries and transfer: only matrix and range are applied, so a clip that is
read and written with the same tags keeps its colours. A clip that does not say its matrix is taken as players take
it: BT.709 from 720 lines (or 1280 columns) on, BT.601 below. Reader and writer share that rule, so an untagged clip
stays untagged and still looks the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from talkface_studio.api.values import ByteArray
from talkface_studio.media.pixel_format import plane_samples

UNSPECIFIED = "unspecified"

# The numbers are the code points of ITU-T H.273, which FFmpeg uses as they are.
RANGES = {"unspecified": 0, "tv": 1, "pc": 2}
PRIMARIES = {
    "bt709": 1, "unspecified": 2, "bt470m": 4, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "film": 8, "bt2020": 9,
    "smpte428": 10, "smpte431": 11, "smpte432": 12, "ebu3213": 22,
}  # fmt: skip
TRANSFERS = {
    "bt709": 1, "unspecified": 2, "gamma22": 4, "gamma28": 5, "smpte170m": 6, "smpte240m": 7, "linear": 8, "log100": 9,
    "log316": 10, "iec61966-2-4": 11, "bt1361e": 12, "iec61966-2-1": 13, "bt2020-10": 14, "bt2020-12": 15,
    "smpte2084": 16, "smpte428": 17, "arib-std-b67": 18,
}  # fmt: skip
SPACES = {
    "rgb": 0, "bt709": 1, "unspecified": 2, "fcc": 4, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "ycgco": 8,
    "bt2020nc": 9, "bt2020c": 10,
}  # fmt: skip

_MATRICES = {
    "bt709": Colorspace.ITU709,
    "fcc": Colorspace.FCC,
    "bt470bg": Colorspace.ITU601,
    "smpte170m": Colorspace.ITU601,
    "smpte240m": Colorspace.SMPTE240M,
    "bt2020nc": Colorspace.BT2020,
    "bt2020c": Colorspace.BT2020,
}
# Bilinear without these flags errs by up to 3 levels on flat 4:2:0 colour; with them by 1 (2 for full range).
INTERPOLATION = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


@dataclass(frozen=True, slots=True)
class ColorTags:
    """The four colour tags of a video, by the names of the tables above."""

    range: str = UNSPECIFIED
    primaries: str = UNSPECIFIED
    transfer: str = UNSPECIFIED
    space: str = UNSPECIFIED

    @classmethod
    def of(cls, frame: av.VideoFrame) -> ColorTags:
        """The tags of a decoded frame."""
        full = frame.format.name.startswith("yuvj")
        return cls(
            range="pc" if full else _name(RANGES, frame.color_range),
            primaries=_name(PRIMARIES, frame.color_primaries),
            transfer=_name(TRANSFERS, frame.color_trc),
            space=_name(SPACES, frame.colorspace),
        )

    def matrix(self, width: int, height: int) -> Colorspace:
        """The matrix that these tags mean for a video of this size."""
        return _MATRICES.get(
            self.space, Colorspace.ITU709 if max(width / 1280, height / 720) >= 1 else Colorspace.ITU601
        )

    def mark(self, frame: av.VideoFrame) -> None:
        """Put these tags on a frame."""
        frame.color_range = RANGES[self.range]
        frame.color_primaries = PRIMARIES[self.primaries]
        frame.color_trc = TRANSFERS[self.transfer]
        frame.colorspace = SPACES[self.space]

    @property
    def levels(self) -> ColorRange:
        """The range that these tags mean: video that says nothing is "tv"."""
        return ColorRange.JPEG if self.range == "pc" else ColorRange.MPEG


class ColorConverter:
    """Converts between decoded frames and RGB arrays. Keeps a scaler: one per thread and direction."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def to_rgb(self, frame: av.VideoFrame, *, like: av.VideoFrame | None = None) -> ByteArray:
        """A decoded frame as uint8 RGB `(H, W, 3)`, in the orientation it is stored in.

        `like` is the picture that the frame is a part of, where it is not all of it: its tags and its size count.
        """
        if frame.format.name == "rgb24":
            return np.ascontiguousarray(frame.to_ndarray(), dtype=np.uint8)
        tagged = like or frame
        tags = ColorTags.of(tagged)
        if frame.format.is_rgb:
            converted = self._scaler.reformat(frame, format="rgb24", interpolation=INTERPOLATION)
            return np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)
        # Planes, because with these flags the scaler takes four times as long for packed pixels of the same values.
        converted = self._scaler.reformat(
            frame,
            format="gbrp",
            src_colorspace=tags.matrix(tagged.width, tagged.height),
            src_color_range=_gray_range(tagged, tags),
            dst_color_range=ColorRange.JPEG,
            interpolation=INTERPOLATION,
            threads=_threads(like),
        )
        green, blue, red = (plane_samples(plane, 8) for plane in converted.planes)
        return np.asarray(cv2.merge([red, green, blue]), np.uint8)

    def from_rgb(
        self, pixels: ByteArray, pixel_format: str, tags: ColorTags, *, of_size: tuple[int, int] | None = None
    ) -> av.VideoFrame:
        """A frame for the encoder, in `pixel_format`, from uint8 RGB `(H, W, 3)`.

        `of_size` is width and height of the picture that the pixels are a part of, where they are not all of it.
        """
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        width, height = of_size or (pixels.shape[1], pixels.shape[0])
        converted = self._scaler.reformat(
            frame,
            format=pixel_format,
            src_color_range=ColorRange.JPEG,
            dst_colorspace=tags.matrix(width, height),
            dst_color_range=tags.levels,
            interpolation=INTERPOLATION,
            threads=_threads(of_size),
        )
        # The conversion tags the frame with the matrix that it used; what is written is what the source said.
        tags.mark(converted)
        return converted


def _threads(whole: object | None) -> int:
    """How many convert a picture (0: as many as there are cores). Of a part, handing it out would take longest."""
    return 0 if whole is None else 1


def _gray_range(frame: av.VideoFrame, tags: ColorTags) -> ColorRange:
    """Grey video is full range unless it says otherwise, which is how FFmpeg's own scaler reads it."""
    if frame.format.name.startswith("gray") and tags.range == UNSPECIFIED:
        return ColorRange.JPEG
    return tags.levels


def _name(table: dict[str, int], number: int) -> str:
    return next((name for name, value in table.items() if value == int(number)), UNSPECIFIED)
