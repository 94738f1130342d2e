"""A photo that moves its head: what each part takes, and whether ten minutes stay as the first one was.

    python bench/photo.py [MINUTES ...]

puts its tables in place of those in docs/evaluation_sdm.md.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from dubs import dub, loop_speech
from report import ROOT, SAMPLES, Table

import talkface_sdm
from talkface_sdm.generator import WEIGHTS, SdmGenerator
from talkface_sdm.motion import SpeechMotion
from talkface_sdm.photo import MovingPhoto
from talkface_sdm.weights import ablated_networks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import CropLayout, Device, FaceCrop, Options
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.media.audio import AudioReader
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack
from talkface_trainer.evaluation import StillFace

PAGE = ROOT / "docs" / "evaluation_sdm.md"
CARD = ModelCard.load(Path(talkface_sdm.__file__).parent / "plugin.toml")
FILE = Path(talkface_sdm.__file__).parent / "weights" / "compact.safetensors"
CANVAS = 720
SECONDS, RATE = 20, 25
MINUTES = (1, 10)


def parts() -> Table:
    """Processor time, which other work on the machine changes least."""
    crop = _portrait(CANVAS)
    networks, home = load_networks(FILE), MovingPhoto.of(crop.pixels, crop.landmarks).home
    rough = ablated_networks(networks, "no shallow diffusion")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        loop_speech(SAMPLES / "speech.wav", file, SECONDS)
        with AudioReader(file) as reader:
            speech = SpeechTrack(reader, encoders=studio_encoders(Device()))
            times = np.arange(SECONDS * RATE) / RATE
            spent = {"speech features": _spent(lambda: SpeechMotion(speech, rough, home).at(times))}
            spent["rough motion"] = _spent(lambda: SpeechMotion(speech, rough, home).at(times))
            # Features are kept by the speech from now on.
            spent["speech features"] -= spent["rough motion"]
            spent["shallow diffusion"] = _spent(lambda: SpeechMotion(speech, networks, home).at(times))
            spent["shallow diffusion"] -= spent["rough motion"]
            options = Options(values=CARD.parse_options({}), weights={WEIGHTS: FILE})
            with (
                closing(SdmGenerator(CARD)) as generator,
                generator.start(speech, StillFace(crop), options, Device()) as take,
            ):
                some = times[: 4 * RATE].tolist()
                list(take.render(some[:5]))
                spent["pictures"] = _spent(lambda: list(take.render(some))) * SECONDS / 4
    total = sum(spent.values())
    rows = [(name, f"{1000 * each / len(times):.2f}", f"{each / total:.1%}") for name, each in spent.items()]
    note = (
        f"Processor time of {SECONDS} s of speech at {RATE} frames a second on a canvas {CANVAS} pixels high, without "
        "decoding and encoding."
    )
    return Table("What each part takes", note, ("part", "ms a frame", "share"), tuple(rows))


def minutes(lengths: tuple[int, ...] = MINUTES) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for length in lengths:
            speech = Path(folder) / f"{length}.wav"
            loop_speech(SAMPLES / "speech.wav", speech, 60 * length)
            done = dub(SAMPLES / "portrait.jpg", speech, Path(folder) / "out.mp4")
            with AudioReader(speech) as reader:
                track = SpeechTrack(reader, encoders=studio_encoders(Device()))
                crop = _portrait(512)
                home = MovingPhoto.of(crop.pixels, crop.landmarks).home
                times = 60 * (length - 1) + np.arange(60 * RATE) / RATE
                poses = SpeechMotion(track, load_networks(FILE), home).at(times)[:, :6]
            turns, shifts = np.degrees(poses[:, :3]), poses[:, 3:5]
            rows.append(
                (
                    f"{length} min",
                    f"{done['frames']}",
                    f"{done['peak_memory_mb']:.0f}",
                    " / ".join(f"{low:.1f}..{high:.1f}" for low, high in zip(turns.min(0), turns.max(0), strict=True)),
                    f"{np.abs(shifts).max():.2f}",
                )
            )
    note = (
        "`talkface dub` of the sample portrait on the CPU: its largest resident size, and how far the head gets from "
        "home in the last minute."
    )
    head = ("speech", "frames", "peak memory (MB)", "pitch / yaw / roll (degrees)", "farthest shift (eye distances)")
    return Table("Ten minutes", note, head, tuple(rows))


def _portrait(side: int) -> FaceCrop:
    """The sample portrait at this height, cut as the card asks for it, at its own resolution."""
    picture = cv2.imread(str(SAMPLES / "portrait.jpg"))
    assert picture is not None
    pixels = np.ascontiguousarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)[:, :, ::-1])
    with closing(FaceDetector(max_faces=1)) as detector:
        face = detector.detect(pixels)[0]
    size = max(CARD.crop.size, round(eye_distance(face.landmarks) / CARD.crop.eye_distance))
    return crop_face(pixels, face, CropLayout(size, CARD.crop.eye_distance, CARD.crop.eye_height))


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    for table in (parts(), minutes(tuple(map(int, sys.argv[1:])) or MINUTES)):
        table.put_into(PAGE)
        print(table.markdown())


if __name__ == "__main__":
    main()
