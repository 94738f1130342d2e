"""Recording a voice: from a sound device into a file."""

from __future__ import annotations

import wave
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from talkface_studio.api.errors import TalkFaceError

RATE = 48_000
_WIDTH = 2


def microphones() -> tuple[str, ...]:
    """Names of the devices that can record, the system's own choice first; asking takes a while.

    Raises:
        TalkFaceError: there is no sound system.
    """
    try:
        import sounddevice

        # Without this a microphone that was plugged in later would not be seen.
        sounddevice._terminate()
        sounddevice._initialize()
        devices = sounddevice.query_devices()
        default = sounddevice.default.device[0]
    except Exception as error:
        raise TalkFaceError(f"no sound system: {error}") from error
    able = [(number, device["name"]) for number, device in enumerate(devices) if device["max_input_channels"]]
    able.sort(key=lambda entry: entry[0] != default)
    return tuple(dict.fromkeys(name for _, name in able))


class Microphone:
    """An open microphone. The device's thread fills `blocks`; `Recording` takes them from there."""

    def __init__(self, device: str = "") -> None:
        """Open it; takes a while.

        Args:
            device: its name; empty for the system's own choice.

        Raises:
            TalkFaceError: it is not there, or is not to be used.
        """
        self.blocks: deque[bytes] = deque()
        try:
            import sounddevice

            self._stream = sounddevice.RawInputStream(
                samplerate=RATE, channels=1, dtype="int16", device=device or None, callback=self._heard
            )
            self._stream.start()
        except Exception as error:
            name = device or "the microphone"
            raise TalkFaceError(f"{name}: cannot record: {error}; check that it is plugged in and allowed") from error

    def close(self) -> None:
        """Close it."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _heard(self, samples: Any, _frames: int, _times: Any, _status: Any) -> None:
        self.blocks.append(bytes(samples))


class Recording:
    """A WAV file that grows. It bears another name until it is finished, so that nothing half-written is used."""

    def __init__(self, path: Path) -> None:
        """Begin.

        Raises:
            OSError: the file cannot be written.
        """
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = wave.open(str(self._part), "wb")  # noqa: SIM115 - closed by finish or discard
        self._file.setnchannels(1)
        self._file.setsampwidth(_WIDTH)
        self._file.setframerate(RATE)
        self.seconds = 0.0

    def add(self, block: bytes) -> None:
        """Write some samples; int16.

        Raises:
            OSError: the disk is full.
        """
        self._file.writeframesraw(block)
        self.seconds += len(block) / _WIDTH / RATE

    def finish(self) -> Path:
        """Give the file its name.

        Raises:
            OSError: it cannot be written.
        """
        self._file.close()
        return self._part.replace(self.path)

    def discard(self) -> None:
        """Delete it."""
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


def level(block: bytes) -> float:
    """The loudest sample of a block, 0 to 1."""
    if not block:
        return 0.0
    import numpy as np

    return float(np.abs(np.frombuffer(block, np.int16).astype(np.int32)).max() / 32768)
