"""Playback: moves the playhead by the clock of what is heard."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import MixSound, Samples, SoundPart
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.viewer.clock import RATE, Clock, SoundBuffer, SoundClock, WallClock
from talkface_studio.project.document.view import View
from talkface_studio.project.export.moment import sound

PIECE = 0.5
"""Seconds of sound that are asked for at a time."""
AHEAD = 2.0
"""Seconds of sound to hold."""
FASTEST = 8.0
_TICK_MS = 12
_SAME = 1e-9
_USUAL_RATE = 25.0


class Player(QObject):
    """Plays, steps and jumps on the timeline of the project.

    Whoever else moves the playhead while it plays makes it go on from there.
    """

    speed_changed = Signal(float)
    """0 while it stands."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._speed = 0.0
        self._clock: Clock | None = None
        self._buffer: SoundBuffer | None = None
        self._asked_to = 0.0
        self._said_why = False
        self._ours: float | None = None
        self._turn = 0
        self._tick = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._ticked)
        studio.preferences.changed.connect(self._preferred)
        studio.project.view_changed.connect(self._view_changed)
        studio.project.changed.connect(self._document_changed)
        bind = studio.commands.bind
        bind("playback.toggle", self.toggle)
        bind("playback.stop", self.stop)
        bind("playback.forward", partial(self.shuttle, 1))
        bind("playback.backward", partial(self.shuttle, -1))
        bind("playback.next_frame", partial(self.step, 1))
        bind("playback.previous_frame", partial(self.step, -1))
        bind("playback.second_on", lambda: self.go(self.position + 1.0))
        bind("playback.second_back", lambda: self.go(self.position - 1.0))
        bind("playback.start", lambda: self.go(0.0))
        bind("playback.end", lambda: self.go(self.duration))

    @property
    def speed(self) -> float:
        """Seconds of the timeline a second; 0 while it stands, negative backwards."""
        return self._speed

    @property
    def position(self) -> float:
        """The playhead, in seconds."""
        return self._studio.project.view.playhead

    @property
    def duration(self) -> float:
        """Where the timeline ends."""
        return self._studio.project.document.duration

    @property
    def frame_rate(self) -> float:
        """Of the clip under the playhead; frames a second."""
        document = self._studio.project.document
        clip = document.clip_at(self.position)
        facts = document.media_of(clip.media).facts if clip is not None else None
        return float(facts.frame_rate) if facts is not None and facts.frame_rate else _USUAL_RATE

    def toggle(self) -> None:
        """Play, or pause."""
        if self._speed:
            self.stop()
        else:
            self.play()

    def play(self, speed: float = 1.0) -> None:
        """Play from the playhead on; from the start where it is at the end."""
        low, high = self._limits()
        if high <= low:
            return
        if speed > 0 and not low <= self.position < high - _SAME:
            self._move(low)
        elif speed < 0 and self.position <= low:
            self._move(high)
        self._begin(speed)

    def shuttle(self, direction: int) -> None:
        """Play in a direction, twice as fast each time."""
        same = self._speed * direction > 0
        self.play(direction * min(abs(self._speed) * 2, FASTEST) if same else float(direction))

    def stop(self) -> None:
        """Stand still."""
        self._end_clock()
        self._tick.stop()
        if self._speed:
            self._speed = 0.0
            # Where it stands is a frame of its own: it is to be dubbed, and its faces found.
            self._studio.project.look(playhead=self.position)
            self.speed_changed.emit(0.0)

    def step(self, frames: int) -> None:
        """Go so many frames on, to the middle of a frame, so that rounding never shows the one before."""
        self.stop()
        rate = self.frame_rate
        document = self._studio.project.document
        clip = document.clip_at(self.position)
        origin = clip.start - clip.offset if clip is not None else 0.0
        number = int((self.position - origin) * rate + 1e-6) + frames
        self.go(origin + (number + 0.5) / rate)

    def go(self, time: float) -> None:
        """Put the playhead somewhere on the timeline."""
        self._studio.project.look(playhead=min(max(time, 0.0), max(self.duration, 0.0)))

    def close(self) -> None:
        """End for good."""
        self.stop()

    def _limits(self) -> tuple[float, float]:
        span = self._studio.project.document.range
        if not self._studio.preferences.values.looping:
            return 0.0, self.duration
        return span.start or 0.0, min(self.duration, self.duration if span.end is None else span.end)

    def _begin(self, speed: float) -> None:
        self._end_clock()
        changed, self._speed = speed != self._speed, speed
        if speed == 1.0 and sound(self._studio.project.document):
            self._begin_sound()
        else:
            self._clock = WallClock(self.position, speed)
        self._tick.start()
        if changed:
            self.speed_changed.emit(speed)

    def _begin_sound(self) -> None:
        values = self._studio.preferences.values
        self._buffer = buffer = SoundBuffer(self.position, values.volume)
        self._asked_to = self.position
        turn = self._turn
        self._ask_sound(lambda: self._open_device(buffer, values.sound_output, turn))

    def _open_device(self, buffer: SoundBuffer, device: str, turn: int) -> None:
        def opened(clock: SoundClock) -> None:
            if turn == self._turn and self._speed:
                self._clock = clock
            else:
                clock.close()

        self._studio.bridge.run(
            lambda: SoundClock(buffer, device), opened, lambda error: self._without_sound(error, turn), owner=self
        )

    def _without_sound(self, error: TalkFaceError, turn: int) -> None:
        if turn != self._turn:
            return
        self._buffer = None
        self._clock = WallClock(self.position, self._speed)
        if not self._said_why:
            self._said_why = True
            self._studio.tell(str(error), "warning")

    def _ask_sound(self, first: object = None) -> None:
        """Ask for the piece that follows."""
        turn, start = self._turn, self._asked_to
        self._asked_to += PIECE
        parts = tuple(
            SoundPart(path=part.path, start=part.start, end=part.end, offset=part.offset)
            for part in sound(self._studio.project.document)
            if part.start < self._asked_to and part.end > start
        )

        def arrived(samples: Samples) -> None:
            if turn == self._turn and self._buffer is not None:
                self._buffer.put(samples.data)
                if callable(first):
                    first()

        self._studio.bridge.ask(
            MixSound(parts=parts, start=start, duration=PIECE, rate=RATE),
            arrived,
            lambda error: self._without_sound(error, turn),
            owner=self,
        )

    def _ticked(self) -> None:
        if self._clock is None:
            return
        position = self._clock.position
        low, high = self._limits()
        if self._buffer is not None and self._asked_to - position < AHEAD and self._asked_to < high:
            self._ask_sound()
        if low <= position < high:
            self._move(position)
        elif self._speed > 0 and self._studio.preferences.values.looping:
            self._move(low)
            self._begin(self._speed)
        else:
            self._move(min(max(position, low), high))
            self.stop()

    def _move(self, position: float) -> None:
        self._ours = position
        self._studio.project.look(playhead=position)

    def _view_changed(self, view: View) -> None:
        if self._speed and self._ours is not None and abs(view.playhead - self._ours) > _SAME:
            self._ours = view.playhead
            self._begin(self._speed)

    def _document_changed(self) -> None:
        if not self._speed:
            return
        if self.position >= self.duration:
            self.stop()
        else:
            self._begin(self._speed)

    def _preferred(self, name: str) -> None:
        if name == "volume" and self._buffer is not None:
            self._buffer.volume = self._studio.preferences.values.volume

    def _end_clock(self) -> None:
        self._turn += 1
        clock, self._clock, self._buffer = self._clock, None, None
        if clock is not None:
            # Aborting a stream waits for the device's thread.
            self._studio.bridge.run(clock.close)
