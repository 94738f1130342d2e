"""How fast each stage is alone, on the sample video and speech."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from report import SAMPLES, Table, best, drain
from worker import Ready

from talkface_ltfg_gan.motion import SpeechMotion
from talkface_ltfg_gan.person import Person
from talkface_ltfg_gan.weights import load_networks
from talkface_studio.api.generator import Speech
from talkface_studio.api.testing.material import LoopedSound, regular_times
from talkface_studio.api.values import CropLayout, Device, RenderedFace, VideoFrame
from talkface_studio.dubbing.device import beside_other_stages, choose_device
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.paste import paste_face
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.stored_picture import set_aside
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.testing_host import StudioHost

FRAMES = 100


def measure() -> Table:
    return Table(
        "Stages",
        f"Each stage alone on {FRAMES} frames of 512 x 512 or 8 s of speech, the fastest of three runs. "
        "The model has half of the cores and the number format of a dub on the CPU.",
        ("stage", "time"),
        (*picture_rows(), *speech_rows(), *model_rows()),
    )


def picture_rows() -> list[tuple[str, str]]:
    with VideoReader(SAMPLES / "video.mp4") as reader:
        frames = list(reader.frames(0.0, FRAMES / 25))

        def decode() -> int:
            return drain(frame.pixels for frame in reader.frames(0.0, FRAMES / 25))

        decoding = best(decode, 3)
    with FaceTracker(max_faces=1) as tracker:
        tracked = list(tracker.track(frames))

        def track() -> int:
            for frame in frames:
                set_aside(frame)
            return drain(tracker.track(frames))

        tracking = best(track, 3)
    seen = [(item.frame.pixels, item.faces[0]) for item in tracked if item.faces]
    crops = [crop_face(pixels, face, CropLayout()) for pixels, face in seen]
    cropping = best(lambda: [crop_face(pixels, face, CropLayout()) for pixels, face in seen], 3)
    faces = [RenderedFace(255 - crop.pixels, crop.time) for crop in crops]

    def paste() -> None:
        for (pixels, _), crop, face in zip(seen, crops, faces, strict=True):
            paste_face(VideoFrame(pixels, 0.0), crop, face)

    pasting = best(paste, 3)

    def encode() -> None:
        with tempfile.TemporaryDirectory() as folder:
            settings = VideoSettings(width=512, height=512, frame_rate=Fraction(25))
            with MediaWriter(Path(folder) / "out.mp4", settings, None, Encoding()) as writer:
                for frame in frames:
                    writer.write_frame(frame)
                writer.finish()

    rows = {
        "decode H.264 to RGB": decoding / len(frames),
        "follow one face": tracking / len(frames),
        "cut the crop (128 pixels)": cropping / len(seen),
        "paste the crop": pasting / len(seen),
        "encode H.264 (veryfast, crf 18)": best(encode, 3) / len(frames),
    }
    return [(name, f"{seconds * 1000:.1f} ms a frame") for name, seconds in rows.items()]


def speech_rows() -> list[tuple[str, str]]:
    rows = []
    with AudioReader(SAMPLES / "speech.wav") as reader:
        for kind in ("log_mel", "mfcc", "whisper-tiny.en", "activity"):
            encoders = studio_encoders(Device())

            def encode(kind: str = kind, encoders: object = encoders) -> object:
                # A new track, so that nothing is cached; the encoder stays loaded.
                track = SpeechTrack(reader, encoders=encoders)  # type: ignore[arg-type]
                if kind == "activity":
                    return track.activity(0.0, reader.duration)
                return track.features(kind, 0.0, reader.duration)

            encode()
            name = "voice activity" if kind == "activity" else f"{kind} features"
            rows.append((name, f"{best(encode, 3) / reader.duration * 1000:.1f} ms a second of speech"))
    return rows


class Heard:
    """A speech that was listened to before: what was asked of it once is at hand."""

    def __init__(self, speech: Speech) -> None:
        self.duration, self.samples = speech.duration, speech.samples
        self.features, self.activity = cache(speech.features), cache(speech.activity)


def model_rows() -> list[tuple[str, str]]:
    """What LTFG-GAN does for each frame: jaw and lips from features that are at hand, and the face from its crop."""
    host, device = StudioHost(), choose_device("cpu")
    generator = host.generator("ltfg-gan")
    card = generator.card
    times = regular_times(25, 0.0, FRAMES / 25)
    face = Ready(host.video(card.crop.layout, card.references), times)
    speech: Speech = Heard(host.speech(LoopedSound(host.voice, FRAMES / 25)))
    options = host.options("ltfg-gan", {}, preset="compact", seed=0)
    networks = load_networks(next(iter(options.weights.values())))
    with beside_other_stages():
        person = Person.known_from(face.references, networks.face_generator, device)

        def move() -> object:
            # New, so that nothing is cached.
            motion = SpeechMotion(speech, networks.landmark_generator, person.steady, person.rest)
            return motion.at(np.array(times))

        move()
        moving = best(move, 3)
        with generator.start(speech, face, options, device) as take:
            drain(take.render(times))
            rendering = best(lambda: drain(take.render(times)), 3)
    generator.close()
    rows = {"jaw and lips from speech": moving, "render the face": rendering}
    return [(f"LTFG-GAN: {name}", f"{seconds / FRAMES * 1000:.1f} ms a frame") for name, seconds in rows.items()]
