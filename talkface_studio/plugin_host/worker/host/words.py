"""What the user is told of a plugin that failed: one sentence that names it."""

from __future__ import annotations

from talkface_studio.api.errors import (
    DeviceError,
    FaceNotFoundError,
    JobCancelledError,
    MediaError,
    PluginError,
    SpeechError,
    TalkFaceError,
    WeightsError,
    error_of_kind,
)

_OWN = (PluginError, WeightsError, SpeechError, DeviceError, MediaError, FaceNotFoundError)
"""Errors that a plugin may raise as they are."""
_LONGEST = 700


class Words:
    """Makes the sentences about one plugin."""

    def __init__(self, name: str, version: str) -> None:
        self.plugin = f"plugin {name} {version}"

    def error(self, what: str, *, ended: bool = False) -> PluginError:
        """The plugin did something that it must not; `ended`: its process is gone."""
        advice = "; try again, or choose another model" if ended else ""
        return PluginError(self._sentence(what) + advice)

    def raised(self, kind: str, message: str, doing: str) -> TalkFaceError:
        """The plugin raised an error of this class while it did something."""
        if kind == JobCancelledError.__name__:
            return JobCancelledError(message)
        error = error_of_kind(kind, self._sentence(message))
        if error is not None and isinstance(error, _OWN):
            return error
        failed = PluginError(self._sentence(f"failed while it {doing}: {message}"))
        if kind == MemoryError.__name__:
            # What a lack of memory kept from being done may go well the next time.
            failed.__cause__ = MemoryError(message)
        return failed

    def _sentence(self, text: str) -> str:
        return f"{self.plugin}: {' '.join(text.split())}"[:_LONGEST]
