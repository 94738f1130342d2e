"""What time it is in what is played. Where there is sound, the sound says so."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import Any, Protocol

from talkface_studio.api.errors import TalkFaceError

RATE = 48_000
CHANNELS = 2
_FRAME_BYTES = 2 * CHANNELS


class Clock(Protocol):
    """Runs from when it is made until it is closed."""

    @property
    def position(self) -> float:
        """Seconds of the timeline, of what is heard or due at this moment."""

    def close(self) -> None:
        """Stop."""


class WallClock:
    """For pictures without sound, and for any speed."""

    def __init__(self, start: float, speed: float = 1.0) -> None:
        self._start, self._speed, self._began = start, speed, time.monotonic()

    @property
    def position(self) -> float:
        """See `Clock`."""
        return self._start + (time.monotonic() - self._began) * self._speed

    def close(self) -> None:
        """See `Clock`."""


class SoundBuffer:
    """Samples on their way to the device, and where on the timeline it is. The device's thread takes them out."""

    def __init__(self, start: float, volume: float = 1.0) -> None:
        self._start = start
        self._pieces: deque[bytes] = deque()
        self._lock = Lock()
        self._taken = 0
        self._held = 0
        self._last = (0, 0, 0.0)
        self.volume = volume

    @property
    def seconds_held(self) -> float:
        """What is there and was not taken yet."""
        return self._held / _FRAME_BYTES / RATE

    def put(self, samples: bytes) -> None:
        """Add what follows; int16, interleaved."""
        with self._lock:
            self._pieces.append(samples)
            self._held += len(samples)

    def take(self, frames: int, heard_at: float) -> bytes:
        """Give so many frames to the device, which lets them be heard from `heard_at` on, in its own time.

        Where there are not enough the rest is silence, and the timeline waits.
        """
        wanted, found = frames * _FRAME_BYTES, bytearray()
        with self._lock:
            while self._pieces and len(found) < wanted:
                piece = self._pieces.popleft()
                room = wanted - len(found)
                found += piece[:room]
                if len(piece) > room:
                    self._pieces.appendleft(piece[room:])
            self._held -= len(found)
            self._last = (self._taken, len(found) // _FRAME_BYTES, heard_at)
            self._taken += len(found) // _FRAME_BYTES
        return self._loud(bytes(found)) + bytes(wanted - len(found))

    def position(self, now: float) -> float:
        """Where on the timeline what is heard is from, at `now` in the device's time."""
        before, count, heard_at = self._last
        into = min(max(now - heard_at, -before / RATE), count / RATE) if heard_at else 0.0
        return self._start + before / RATE + into

    def _loud(self, samples: bytes) -> bytes:
        if self.volume >= 1 or not samples:
            return samples
        import numpy as np

        # Ears hear powers: half-way on a slider is to sound half as loud.
        return (np.frombuffer(samples, np.int16) * self.volume**2).astype(np.int16).tobytes()


class SoundClock:
    """A sound device that plays a buffer. Opening it takes long: not in the window's thread."""

    def __init__(self, buffer: SoundBuffer, device: str = "") -> None:
        """Open the device and begin.

        Args:
            buffer: what is played.
            device: its name; empty for the system's own choice.

        Raises:
            TalkFaceError: there is no such device, or it cannot be used.
        """
        try:
            import sounddevice

            self._buffer = buffer
            self._stream = sounddevice.RawOutputStream(
                samplerate=RATE, channels=CHANNELS, dtype="int16", device=device or None, callback=self._fill
            )
            self._stream.start()
        except (OSError, ValueError) as error:
            raise TalkFaceError(f"no sound: {error}") from error
        except Exception as error:
            if type(error).__module__.startswith("sounddevice"):
                raise TalkFaceError(f"no sound: {error}") from error
            raise

    @property
    def position(self) -> float:
        """See `Clock`."""
        return self._buffer.position(self._stream.time)

    def close(self) -> None:
        """See `Clock`."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _fill(self, out: Any, frames: int, times: Any, _status: Any) -> None:
        # Some drivers do not say when a block is heard.
        heard_at = times.outputBufferDacTime or self._stream.time + self._stream.latency
        out[:] = self._buffer.take(frames, heard_at)
