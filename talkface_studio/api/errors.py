"""Every error a user can cause or meet.

    TalkFaceError
    ├── MediaError           a file that cannot be read or written as media
    ├── FaceNotFoundError    a picture or video without the face that was asked for
    ├── SpeechError          speech that cannot drive a face: silent, too short, encoder missing
    ├── DeviceError          a device or precision that this machine does not have
    ├── PluginError          a plugin that cannot be loaded or broke its contract
    │   ├── ModelNotFoundError   no such model, or none that takes these inputs
    │   └── OptionError          a model option that does not exist or has a wrong value
    ├── WeightsError         weights that are missing, damaged or not what their card says
    ├── TrainingError        a data set, recipe or run that cannot be used
    ├── ProjectError         a project file that cannot be opened or saved
    ├── ExportError          an output that cannot be written
    │   └── ExportInterruptedError   a job that stopped on its way; what is finished of it is kept
    │       └── JobCancelledError        the user stopped it
    └── EngineError          the engine's process ended or does not answer

The message is one line: what happened, to which file or frame, and what to do about it.
"""


class TalkFaceError(Exception):
    """Base of all errors that are shown to the user as one line; the command line exits with `exit_code`."""

    exit_code = 2


class MediaError(TalkFaceError):
    """A media file is missing, unreadable, damaged, or lacks the stream that is needed."""


class FaceNotFoundError(TalkFaceError):
    """No face was found where one is needed, or not the one that was asked for."""


class SpeechError(TalkFaceError):
    """The speech is silent, too short, or its encoder is not installed."""


class DeviceError(TalkFaceError):
    """The device or the precision asked for does not exist on this machine."""


class PluginError(TalkFaceError):
    """A plugin could not be loaded, or what it returned breaks the contract in `api.generator`."""


class ModelNotFoundError(PluginError):
    """No installed model has this name, or none takes these inputs."""


class OptionError(PluginError):
    """A model option is unknown or its value is outside what the card allows."""


class WeightsError(TalkFaceError):
    """A weight file is missing, damaged, or its SHA-256 differs from the card."""


class TrainingError(TalkFaceError):
    """A data set, a recipe or a run folder cannot be used as asked."""


class ProjectError(TalkFaceError):
    """A project file cannot be opened or saved."""


class ExportError(TalkFaceError):
    """The output cannot be written."""


class ExportInterruptedError(ExportError):
    """The job stopped before its output was finished; the same request goes on from there."""

    exit_code = 3


class JobCancelledError(ExportInterruptedError):
    """The user stopped the job."""


class EngineError(TalkFaceError):
    """The engine's process could not be started, ended while it was needed, or does not answer."""

    exit_code = 3


def error_of_kind(kind: str, message: str) -> TalkFaceError | None:
    """The error whose class has this name, as another process tells it; None where that is none of these."""
    found = globals().get(kind)
    if isinstance(found, type) and issubclass(found, TalkFaceError):
        return found(message)
    return None
