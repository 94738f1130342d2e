"""A take that is performed by a worker, to the host a take like any other."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from talkface_studio.api.errors import JobCancelledError, PluginError, TalkFaceError
from talkface_studio.api.generator import READ_AHEAD, Face, Speech, Take
from talkface_studio.api.values import Device, FaceCrop, Options, RenderedFace
from talkface_studio.plugin_host.worker.host.answers import Asked
from talkface_studio.plugin_host.worker.host.checks import checked_face
from talkface_studio.plugin_host.worker.host.connection import Arrived, Connection, Happenings
from talkface_studio.plugin_host.worker.limits import WorkerLimits
from talkface_studio.plugin_host.worker.parcels import crop_arrays, crop_info
from talkface_studio.plugin_host.worker.protocol import (
    CancelTake,
    CloseTake,
    Done,
    EndOfTimes,
    Instant,
    Render,
    StartTake,
    Starved,
    StopWindow,
    TakeOptions,
)

MOST_AHEAD = 1.0
"""Seconds that a plugin may read further ahead than its card says: frames wait in memory for it meanwhile."""
_log = logging.getLogger(__name__)


class IsolatedTake(Take):
    """One face performing one speech in a worker. If that ended, the next window is rendered by another one."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        inputs: tuple[Speech, Face | None, Options, Device],
        limits: WorkerLimits,
        *,
        look_ahead: float,
        side: int,
    ) -> None:
        """Start the take; see `Generator.start` for what that raises."""
        self._connect, self._limits = connect, limits
        self._speech, self._face, self._options, self._device = inputs
        self._look_ahead, self._side = look_ahead, side
        self._connection, self._number = self._started()
        self._closed = False

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`.

        Raises:
            PluginError: the plugin failed, or what it gave is not what it was asked for; it is named.
            TalkFaceError: what else the plugin raised.
            JobCancelledError: the user cancelled.
        """
        if self._closed:
            raise PluginError("this take is closed; start another one")
        if not self._connection.running:
            self._connection, self._number = self._started()
        yield from _Window(self._connection, self._number, self._face, self._limits, self._options).render(
            times, self._look_ahead, self._side
        )

    def close(self) -> None:
        """See `Take.close`."""
        if self._closed:
            return
        self._closed = True
        connection, number = self._connection, self._number
        connection.answers.remove(number)
        if not connection.running:
            return
        try:
            connection.call(lambda id_: CloseTake(id=id_, take=number), self._limits.stop, "closed a take")
        except TalkFaceError as error:
            # What was rendered is good; the user has nothing to do about it.
            _log.warning("%s", error)

    def _started(self) -> tuple[Connection, int]:
        connection = self._connect()
        options = self._options
        references = None if self._face is None else self._face.references
        arrays = [array for crop in references or () for array in crop_arrays(crop)]
        asked = TakeOptions(
            values=dict(options.values),
            preset=options.preset,
            seed=options.seed,
            weights={name: str(path.absolute()) for name, path in options.weights.items()},
            cache=None if options.cache is None else str(options.cache.absolute()),
        )

        def start(id_: int) -> StartTake:
            connection.answers.add(id_, Asked(self._speech, self._face))
            return StartTake(
                id=id_,
                duration=float(self._speech.duration),
                references=None if references is None else tuple(map(crop_info, references)),
                options=asked,
                device=(self._device.kind, self._device.index, self._device.precision),
                parcel=connection.pack(arrays, "started a take") if arrays else None,
            )

        number = connection.call(
            start,
            self._limits.start,
            "started a take",
            options.cancelled,
            lambda id_: connection.send(CancelTake(take=id_)),
        )
        return connection, number


class _Window:
    """One window: instants are sent so far ahead that the worker always has one more, and faces are taken back."""

    def __init__(
        self, connection: Connection, take: int, face: Face | None, limits: WorkerLimits, options: Options
    ) -> None:
        self._connection, self._take, self._face = connection, take, face
        self._limits, self._options = limits, options
        self._waiting: deque[tuple[float, int]] = deque()
        self._first = next(iter(face.references), None) if face is not None else None
        self._sent = 0
        self._open = True

    def render(self, times: Iterable[float], look_ahead: float, side: int) -> Iterator[RenderedFace]:
        number, happenings = self._connection.listen()
        source = iter(times)
        try:
            self._connection.send(Render(id=number, take=self._take))
            while True:
                while self._open and self._wants(look_ahead):
                    self._offer(number, next(source, None), side)
                happening = self._next(happenings)
                match happening:
                    case Starved(taken=taken):
                        if self._open and taken == self._sent:
                            self._check_ahead(look_ahead)
                            self._offer(number, next(source, None), side)
                    case Arrived():
                        yield self._face_of(happening)
                    case Done():
                        if self._waiting:
                            raise self._connection.words.error(f"gave no face for {self._waiting[0][0]:.3f} s")
                        return
        finally:
            self._connection.forget(number)
            self._connection.send(StopWindow(window=number))

    def _wants(self, look_ahead: float) -> bool:
        if not self._waiting:
            return True
        first = self._waiting[0][0]
        beyond = sum(1 for time, _ in self._waiting if time - first > look_ahead)
        return beyond < READ_AHEAD

    def _check_ahead(self, look_ahead: float) -> None:
        if self._waiting and self._waiting[-1][0] - self._waiting[0][0] > look_ahead + MOST_AHEAD:
            allowed = f"{look_ahead + MOST_AHEAD:g} s of instants ahead, its card says {look_ahead:g} s"
            raise self._connection.words.error(f"reads more than {allowed}")

    def _offer(self, window: int, time: float | None, side: int) -> None:
        if time is None:
            self._open = False
            self._connection.send(EndOfTimes(window=window))
            return
        crop = self._crop(time)
        still = crop is not None and _same(crop, self._first)
        self._waiting.append((time, side if crop is None else int(crop.pixels.shape[0])))
        self._sent += 1
        if crop is None or still:
            self._connection.send(Instant(window=window, time=float(time), still=still))
        else:
            parcel = self._connection.pack(crop_arrays(crop), self._doing())
            self._connection.send(Instant(window=window, time=float(time), crop=crop_info(crop), parcel=parcel))

    def _crop(self, time: float) -> FaceCrop | None:
        if self._face is None:
            return None
        try:
            return next(iter(self._face.crops([time])), None)
        except TalkFaceError:
            # A face that cannot tell before it is asked: the plugin asks, and gets the reason.
            return None

    def _next(self, happenings: Happenings) -> Done | Arrived | Starved:
        return self._connection.wait(happenings, self._limits.frame, self._doing(), self._cancelled)

    def _doing(self) -> str:
        return f"rendered the face at {self._waiting[0][0]:.3f} s" if self._waiting else "finished a window"

    def _cancelled(self) -> bool:
        if self._options.cancelled():
            raise JobCancelledError("cancelled; nothing was written")
        return False

    def _face_of(self, arrived: Arrived) -> RenderedFace:
        words, frame = self._connection.words, arrived.frame
        if not self._waiting:
            raise words.error(f"gave a face for {frame.time:.3f} s that nobody asked for")
        time, side = self._waiting.popleft()
        if frame.time != time:
            raise words.error(f"gave the face of {frame.time:.3f} s for {time:.3f} s")
        face = checked_face(arrived.arrays, mask=frame.mask, landmarks=frame.landmarks, time=time, side=side)
        if isinstance(face, str):
            raise words.error(face)
        return face


def _same(crop: FaceCrop, other: FaceCrop | None) -> bool:
    return (
        other is not None
        and crop.pixels is other.pixels
        and crop.matrix is other.matrix
        and crop.landmarks is other.landmarks
        and crop.layout == other.layout
    )
