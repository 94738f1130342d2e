"""What a dub is asked for, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from talkface_studio.api.card import OptionValue
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.fit_mode import Fit

Canvas = Literal["photo", "head"]
ResumeMode = Literal["auto", "insist", "restart"]
"""Go on where a finished part fits the request; refuse to begin anew; begin anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One face that performs one speech, in a range of the clip. Fields mean what they mean in `DubRequest`."""

    speech: Path
    face_choice: FaceChoice = field(default_factory=FaceChoice)
    start: float | None = None
    end: float | None = None
    """None in a plan: where the speech ends."""
    audio_offset: float = 0.0
    model: str | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    preset: str = "compact"
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DubRequest:
    """One clip to dub. Times are seconds, on the axis of the face video."""

    face: Path | None
    """A video or a photo; None asks for a model that needs only the voice."""
    speech: Path
    """Any file with sound."""
    output: Path
    model: str | None = None
    """None picks the installed model of the highest priority that takes these inputs."""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    """The model's own options; text is converted by the card."""
    preset: str = "compact"
    face_choice: FaceChoice = field(default_factory=FaceChoice)
    start: float | None = None
    """Where the speech begins in the video; what lies before keeps its picture and sound."""
    end: float | None = None
    """Where dubbing ends; what lies behind keeps its picture and sound."""
    audio_offset: float = 0.0
    """Moves the speech later (positive) or earlier against the picture."""
    fit: Fit = "cut"
    """What happens when the speech is longer than the video."""
    canvas: Canvas = "photo"
    """What a photo's video shows: all of the photo, or the head and the shoulders."""
    device: str = "auto"
    """One of "auto", "cpu", "cuda" and "cuda:N"."""
    precision: str = "auto"
    """One of "auto", "fp32", "bf16" and "fp16"."""
    seed: int = 0
    encoding: Encoding = field(default_factory=Encoding)
    label: bool = False
    """Say in a corner of every frame that the picture was generated."""
    resume: ResumeMode = "auto"
    """What to do about a part of this export that was finished before."""
    trim_start: float | None = None
    """What of the video the output begins with: the frame that is shown then. All other times still count from the
    beginning of the video."""
    trim_end: float | None = None
    """What of the video it ends with; for a photo with parts, how long it lasts."""
    parts: tuple[Part, ...] = ()
    """A plan: several faces with voices of their own. With it, the fields above that a part has too are not used."""

    @property
    def cast(self) -> tuple[Part, ...]:
        """The parts of the plan, or the one part that the request is without a plan."""
        if self.parts:
            return self.parts
        return (
            Part(
                speech=self.speech,
                face_choice=self.face_choice,
                start=self.start,
                end=self.end,
                audio_offset=self.audio_offset,
                model=self.model,
                options=self.options,
                preset=self.preset,
                seed=self.seed,
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DubResult:
    """The account of a finished dub."""

    output: Path
    model: str
    device: str
    frames: int
    fps: float
    duration: float
    seconds: float
    stages: Mapping[str, float]
    """Seconds of work by stage; stages overlap, so the sum exceeds `seconds`."""
    peak_memory_mb: float
    faces: Mapping[str, Any]
    """The face that was dubbed, and how many there were."""
    frames_without_face: int
    resumed_segments: int = 0
    """Segments that were finished before this run."""
    codec: str | None = None
    """What encoded the pictures: a codec in software, or the encoder in hardware; None for sound alone."""
    notices: tuple[str, ...] = ()
    """Lines that the user was told on the way."""

    def to_dict(self) -> dict[str, Any]:
        """The document that `talkface dub --json` prints."""
        return {
            "output": str(self.output),
            "model": self.model,
            "device": self.device,
            "frames": self.frames,
            "fps": round(self.fps, 6),
            "duration": round(self.duration, 6),
            "seconds": round(self.seconds, 3),
            "realtime_factor": round(self.duration / self.seconds, 3) if self.seconds else 0.0,
            "stages": {name: round(value, 3) for name, value in self.stages.items()},
            "peak_memory_mb": round(self.peak_memory_mb, 1),
            "faces": dict(self.faces),
            "frames_without_face": self.frames_without_face,
            "resumed_segments": self.resumed_segments,
            "codec": self.codec,
            "notices": list(self.notices),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` frames (an estimate for some containers), and seconds since it began.

    Of those done, `resumed` were finished before it began.
    """

    done: int
    total: int
    seconds: float
    resumed: int = 0

    @property
    def fps(self) -> float:
        """Frames a second so far."""
        return (self.done - self.resumed) / self.seconds if self.seconds > 0 else 0.0
