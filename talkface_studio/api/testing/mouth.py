"""Rules about the mouth: it follows the speech, however short or long."""

from __future__ import annotations

import numpy as np

from talkface_studio.api.testing.checks import check_frames, mouth_box, mouth_motion
from talkface_studio.api.testing.material import RATE, Host, LoopedSound, regular_times, whole_sound
from talkface_studio.api.testing.memory import MEGABYTE, resident_bytes
from talkface_studio.api.testing.suite import GeneratorSuite

LEAST_MOTION = 0.2
"""Mean change of the mouth's pixels between frames of speech at 25 frames a second, in levels of 0..255."""
MOST_MOTION_IN_SILENCE = 1 / 3
"""As a part of the motion in speech."""
MOST_DRIFT = 0.6
"""Difference of the mouth between two repetitions of one sentence, as a part of that between different moments."""


class MouthRules(GeneratorSuite):
    """The mouth rests in silence and keeps in step with speech of any length."""

    def test_mouth_rests_in_silence(self, conformance_host: Host) -> None:
        """It moves with speech and keeps still without."""
        silence = np.zeros(3 * RATE, dtype=np.float32)
        voice = conformance_host.voice
        spoken = len(voice) / RATE
        sound = whole_sound(np.concatenate([voice, silence]))
        face = self.still_face(conformance_host)
        box = mouth_box(face, self.size(conformance_host))
        with self.take(conformance_host, face, sound=sound, given=self.still) as take:
            in_speech = mouth_motion(take.render(regular_times(25, 0.8, 2.8)), box)
            in_silence = mouth_motion(take.render(regular_times(25, spoken + 1.0, spoken + 2.2)), box)
        assert in_speech >= LEAST_MOTION, f"the mouth hardly moves in speech: {in_speech:.2f} levels a frame"
        assert in_silence <= in_speech * MOST_MOTION_IN_SILENCE, (
            f"the mouth moves in silence: {in_silence:.2f} levels a frame, {in_speech:.2f} in speech"
        )

    def test_half_a_second_of_speech(self, conformance_host: Host) -> None:
        """Very short speech, and a picture that goes on after it."""
        sound = whole_sound(conformance_host.voice[RATE // 2 : RATE])
        times = regular_times(12.5, 0.0, 1.2)
        for name, face in self.faces(conformance_host):
            with self.take(conformance_host, face, sound=sound) as take:
                check_frames(list(take.render(times)), times, self.size(conformance_host), f"half a second, {name}")

    def test_ten_minutes_of_speech(self, conformance_host: Host) -> None:
        """After ten minutes the mouth still does what it did when the same sentence was spoken first."""
        voice = conformance_host.voice
        # Encoders see speech in chunks of up to 8 s, and what they say of a sound depends on its place in the chunk.
        # Here the sentence lies at the same place again, so that what differs is the model's own drift.
        repeat = 73 * 8.0
        face = self.still_face(conformance_host)
        size = self.size(conformance_host)
        top, bottom, left, right = mouth_box(face, size)
        with self.take(conformance_host, face, sound=LoopedSound(voice[: 4 * RATE], 600.0), given=self.still) as take:
            times = regular_times(12.5, 0.8, 2.8)
            later = [time + repeat for time in times]
            first = list(take.render(times))
            again = list(take.render(later))
            check_frames(again, later, size, "after ten minutes")
            before = resident_bytes()
            for start in range(60, 600, 60):
                list(take.render(regular_times(25, start, start + 0.2)))
            grown = (resident_bytes() - before) / MEGABYTE
        mouths = [
            np.stack([frame.pixels[top:bottom, left:right] for frame in frames]).astype(np.float32)
            for frames in (first, again)
        ]
        drift = float(np.abs(mouths[0] - mouths[1]).mean())
        apart = float(np.mean([np.abs(mouths[0] - np.roll(mouths[0], shift, axis=0)).mean() for shift in (4, 8, 12)]))
        assert drift <= MOST_DRIFT * apart, f"speech and mouth drift apart: {drift:.2f} levels, moments {apart:.2f}"
        assert grown < 150, f"the process grew by {grown:.0f} MB over nine windows"
