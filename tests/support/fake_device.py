"""A device that encodes H.264, where there is none."""

from dataclasses import replace
from typing import Any

import av.error
import pytest

from talkface_studio.media.codecs import VIDEO_CODECS
from talkface_studio.media.encoders import VideoEncoder
from talkface_studio.media.encoding import Encoding


class FakeDevice:
    """libx264 under the name h264_nvenc: it takes what devices take, nv12 without odd sizes, and fails when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it in the place of the real one."""
        self.pictures_left: int | None = None
        """How many more pictures it encodes before it fails; None: it never does."""
        self.recovers = False
        """Whether it works again after it failed once."""
        fake = replace(VIDEO_CODECS["h264"], pixel_format="nv12", odd_format="nv12", deep_formats=(), software="h264")
        monkeypatch.setitem(VIDEO_CODECS, "h264_nvenc", fake)

        def encoded(encoder: VideoEncoder, picture: Any, software: Any = VideoEncoder._encoded) -> Any:
            if encoder._codec is fake and picture is not None:
                with encoder._guard():
                    self._take()
            return software(encoder, picture)

        monkeypatch.setattr(VideoEncoder, "_encoded", encoded)

    def encoding(self) -> Encoding:
        """One that uses it."""
        return Encoding(codec="h264_nvenc", crf=10)

    def _take(self) -> None:
        if self.pictures_left == 0:
            self.pictures_left = None if self.recovers else 0
            raise av.error.ExternalError(1, "the device was reset")
        if self.pictures_left is not None:
            self.pictures_left -= 1
