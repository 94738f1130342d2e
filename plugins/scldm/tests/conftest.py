"""The sample clip prepared as several speakers' portraits, untrained networks, and their weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from prepared_clips import prepare_sample_clips
from talkface_scldm.config import preset
from talkface_scldm.networks import ScldmNetworks, build_networks
from talkface_scldm.weights import save_networks
from talkface_studio.media.audio import AudioReader
from talkface_studio.speech.track import SpeechTrack

SPEECH = Path(__file__).parents[3] / "resources" / "samples" / "speech.wav"


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speakers "a" and "c" to train on, "b" to validate on; all are the one person of the sample."""
    folder = prepare_sample_clips(tmp_path_factory.mktemp("clips"), features=(), framing="portrait")
    first = json.loads((folder / "clips.jsonl").read_text().splitlines()[0])
    (folder / "clips" / "again").symlink_to(folder / "clips" / first["id"])
    # Nobody speaks in the sample video.
    with AudioReader(SPEECH) as reader:
        speech = SpeechTrack(reader).samples(0.0, 6.0).samples[0]
    for path in folder.glob("clips/*/speech.npy"):
        np.save(path, speech)
    with (folder / "clips.jsonl").open("a") as lines:
        lines.write(json.dumps(first | {"id": "again", "speaker": "c", "split": "train"}) + "\n")
    (folder / "speakers.tsv").write_text("speaker\tgender\tage\na\tfemale\t\nb\tfemale\t\nc\tmale\t\n")
    return folder


@pytest.fixture(scope="session")
def debug() -> ScldmNetworks:
    """Untrained networks that listen, and whose faces differ enough to be seen."""
    torch.manual_seed(0)
    networks = build_networks(preset("debug"))
    for module in (*networks.denoiser.modules(), *networks.speech.modules()):
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    torch.nn.init.normal_(networks.space.prior)
    return networks


@pytest.fixture(scope="session")
def debug_weights(debug: ScldmNetworks, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    path = tmp_path_factory.mktemp("weights") / "debug.safetensors"
    save_networks(path, debug)
    return {"networks": path}
