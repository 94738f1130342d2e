"""A small data set for the tests of recipes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from talkface_trainer.prepare import LAYOUTS, prepare

PER_FRAME = ("crops", "landmarks", "matrices", "times", "observed")
SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"


def prepare_sample_clips(
    folder: Path, *, features: tuple[str, ...] = ("whisper-tiny.en",), framing: str = "face"
) -> Path:
    """A data set in `folder` of the sample video twice: one clip to train on, one to validate on."""
    clips = folder / "clips"
    clips.mkdir()
    rows = ["path\tspeaker\tgroup\tsplit\tseconds\tlicence\tnote"]
    for name, split in (("a", "train"), ("b", "val")):
        (clips / f"{name}.mp4").symlink_to(SAMPLE)
        rows.append(f"{name}.mp4\t{name}\topen\t{split}\t6\tpublic domain\t")
    (clips / "clips.tsv").write_text("\n".join(rows) + "\n")
    table = clips / "clips.tsv"
    prepare(clips, folder / "dataset", layout=LAYOUTS[framing], features=features, table=table, progress=False)
    return folder / "dataset"


def shortened_clips(dataset: Path, folder: Path, *, frames: int) -> Path:
    """The first frames of the clips that `prepare_sample_clips` made, one as `val` and one as `val_unseen`."""
    (folder / "dataset.json").write_text((dataset / "dataset.json").read_text())
    records = []
    for line, split in zip((dataset / "clips.jsonl").read_text().splitlines(), ("val", "val_unseen"), strict=True):
        record = json.loads(line) | {"split": split, "frames": frames, "seconds": frames / 25}
        source, clip = dataset / "clips" / record["id"], folder / "clips" / record["id"]
        clip.mkdir(parents=True)
        for path in source.glob("*.npy"):
            np.save(clip / path.name, np.load(path)[: frames if path.stem in PER_FRAME else frames * 640])
        (clip / "features").symlink_to(source / "features")
        records.append(json.dumps(record))
    (folder / "clips.jsonl").write_text("\n".join(records) + "\n")
    return folder
