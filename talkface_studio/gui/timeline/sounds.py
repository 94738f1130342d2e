"""The sounds of the timeline: asked of the engine once, finer when the view comes closer, kept while they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from talkface_studio.engine.protocol.questions import FindSpeech, Peaks, SpeechRegions, Waveform
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.outline import Outline

COARSE, FINE = 50.0, 400.0
"""Values a second: the first that is asked for, and the one for a view closer than `COARSE` pixels a second."""
MOST = 4_000_000
"""Values that one outline may have; a longer sound stays coarse."""


@dataclass(slots=True)
class Sound:
    """What is known of one file. `version` changes whenever something is learnt."""

    outline: Outline | None = None
    regions: tuple[tuple[float, float], ...] = ()
    problem: str = ""
    version: int = 0
    asked: set[str] = field(default_factory=set)


class Sounds:
    """Outlines and speech of files by path. `on_change` is called with the path when more is known of one."""

    def __init__(self, ask: Ask, on_change: Callable[[Path], object]) -> None:
        self._ask = ask
        self._on_change = on_change
        self._sounds: dict[Path, Sound] = {}

    def get(self, path: Path, zoom: float) -> Sound:
        """What is known now; what is missing for a view of `zoom` pixels a second is asked for."""
        sound = self._sounds.get(path)
        if sound is None:
            sound = self._sounds[path] = Sound()
            self._want(path, sound, COARSE)
            sound.asked.add("speech")
            self._ask(FindSpeech(path=path), partial(self._spoken, path, sound), partial(self._failed, path, sound))
        if zoom > COARSE and sound.outline is not None and sound.outline.duration * FINE <= MOST:
            self._want(path, sound, FINE)
        return sound

    def forget(self, path: Path) -> None:
        """Ask again when it is next shown: the file is another one by now."""
        self._sounds.pop(path, None)

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        for path in [path for path, sound in self._sounds.items() if sound.problem]:
            del self._sounds[path]

    def _want(self, path: Path, sound: Sound, rate: float) -> None:
        name = f"outline {rate:g}"
        if name not in sound.asked:
            sound.asked.add(name)
            question = Waveform(path=path, rate=rate)
            self._ask(question, partial(self._outlined, path, sound), partial(self._failed, path, sound))

    def _outlined(self, path: Path, sound: Sound, peaks: Peaks) -> None:
        if sound.outline is None or sound.outline.rate < peaks.rate:
            sound.outline = Outline(peaks)
            self._learnt(path, sound)

    def _spoken(self, path: Path, sound: Sound, found: SpeechRegions) -> None:
        sound.regions = found.regions
        self._learnt(path, sound)

    def _failed(self, path: Path, sound: Sound, error: Exception) -> None:
        sound.problem = str(error)
        self._learnt(path, sound)

    def _learnt(self, path: Path, sound: Sound) -> None:
        sound.version += 1
        if self._sounds.get(path) is sound:
            self._on_change(path)
