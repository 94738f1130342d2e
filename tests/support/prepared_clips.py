"""A small data set for the tests of recipes."""

from __future__ import annotations

from pathlib import Path

from talkface_trainer.prepare import prepare

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"


def prepare_sample_clips(folder: Path, *, features: tuple[str, ...] = ("whisper-tiny.en",)) -> Path:
    """A data set in `folder` of the sample video twice: one clip to train on, one to validate on."""
    clips = folder / "clips"
    clips.mkdir()
    rows = ["path\tspeaker\tgroup\tsplit\tseconds\tlicence\tnote"]
    for name, split in (("a", "train"), ("b", "val")):
        (clips / f"{name}.mp4").symlink_to(SAMPLE)
        rows.append(f"{name}.mp4\t{name}\topen\t{split}\t6\tpublic domain\t")
    (clips / "clips.tsv").write_text("\n".join(rows) + "\n")
    prepare(clips, folder / "dataset", features=features, table=clips / "clips.tsv", progress=False)
    return folder / "dataset"
