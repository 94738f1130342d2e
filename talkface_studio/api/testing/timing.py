"""Rules about time: instants, windows, seeds."""

from __future__ import annotations

import random
from itertools import islice

import numpy as np

from talkface_studio.api.generator import READ_AHEAD
from talkface_studio.api.testing.checks import assert_same, check_frames
from talkface_studio.api.testing.material import (
    EndlessTimes,
    Host,
    LoopedSound,
    RecordedSpeech,
    regular_times,
    time_grids,
)
from talkface_studio.api.testing.suite import GeneratorSuite
from talkface_studio.api.values import RenderedFace

MOST_SPEECH_READ = 60.0
"""Seconds of speech that a take may read for a fifth of a second of pictures, wherever they lie."""
LEAST_MOTION = 0.2
"""Mean change of the mouth's pixels between frames of speech at 25 frames a second, in levels of 0..255."""
MOST_MOTION_IN_SILENCE = 1 / 3
"""As a part of the motion in speech."""
MOST_DRIFT = 0.6
"""Difference of the mouth between two repetitions of one sentence, as a part of that between different moments."""


class TimingRules(GeneratorSuite):
    """The face at an instant depends on the instant, the inputs and the seed, and on nothing else."""

    def test_same_seed_gives_same_frames(self, conformance_host: Host) -> None:
        """Whatever the state of the global random generators."""
        times = regular_times(25, 0.7, 0.9)
        for name, face in self.faces(conformance_host):
            runs: list[list[RenderedFace]] = []
            for disturbance in (1, 2):
                random.seed(disturbance)
                np.random.seed(disturbance)  # noqa: NPY002  the global state is what is disturbed
                with self.take(conformance_host, face, seed=3) as take:
                    runs.append(list(take.render(times)))
            assert_same(runs[0], runs[1], f"two runs with seed 3 ({name})", tolerance=0)

    def test_any_time_grid(self, conformance_host: Host) -> None:
        """One frame for every instant, stamped with it, whatever the frame rate."""
        for name, face in self.faces(conformance_host):
            with self.take(conformance_host, face) as take:
                for grid, times in time_grids().items():
                    frames = list(take.render(iter(times)))
                    check_frames(frames, times, self.size(conformance_host), f"grid {grid}, {name}")

    def test_grids_agree_where_they_meet(self, conformance_host: Host) -> None:
        """The face at an instant does not depend on the other instants asked for."""
        for name, face in self.faces(conformance_host):
            with self.take(conformance_host, face) as take:
                slow = list(take.render(regular_times(25, 1.0, 1.4)))
                fast = list(take.render(regular_times(50, 1.0, 1.4)))
                sparse = list(take.render([frame.time for frame in slow[::5]]))
            assert_same(slow, fast[::2], f"25 and 50 frames a second at the same instants ({name})")
            assert_same(slow[::5], sparse, f"25 and 5 frames a second at the same instants ({name})")

    def test_later_window_equals_full_run(self, conformance_host: Host) -> None:
        """Windows in any order, also while another one is being read."""
        times = regular_times(25, 0.4, 1.6)
        for name, face in self.faces(conformance_host):
            with self.take(conformance_host, face) as take:
                late = list(take.render(times[22:28]))
                running = take.render(times)
                full = list(islice(running, 10))
                early = list(take.render(times[5:10]))
                full += list(running)
            assert_same(full[22:28], late, f"a later window and the full run ({name})")
            assert_same(full[5:10], early, f"a window asked for during the full run ({name})")

    def test_late_window_reads_little(self, conformance_host: Host) -> None:
        """The end of ten minutes costs a bounded warm-up, not a run through all that lies before."""
        for name, face in self.faces(conformance_host):
            speech = RecordedSpeech(conformance_host.speech(LoopedSound(conformance_host.voice, 600.0)))
            with self.take_of(conformance_host, face, speech) as take:
                list(take.render(regular_times(25, 595.0, 595.2)))
            read = max(speech.seconds.values(), default=0.0)
            assert read <= MOST_SPEECH_READ, f"0.2 s at the end of ten minutes read {read:.0f} s of speech ({name})"

    def test_times_are_read_lazily(self, conformance_host: Host) -> None:
        """`times` may be endless: at most `look_ahead` seconds and `READ_AHEAD` instants are read ahead."""
        for name, face in self.faces(conformance_host):
            with self.take(conformance_host, face) as take:
                times = EndlessTimes(25)
                promised = self.card(conformance_host).look_ahead
                allowed = promised + READ_AHEAD * times.step + 1e-6
                for frame in islice(take.render(times), 20):
                    ahead = times.last - frame.time
                    assert ahead <= allowed, f"read {ahead:.2f} s ahead, the card says {promised:g} ({name})"
