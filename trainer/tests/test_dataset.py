import json
import shutil
from collections import Counter

import numpy as np
import pytest

from talkface_studio.api.errors import TrainingError
from talkface_trainer.arrays import RowWriter
from talkface_trainer.dataset import Dataset
from talkface_trainer.table import list_clips, select_clips

HEADER = "path\tspeaker\tgroup\tsplit\tseconds\tlicence\tnote\n"


def test_clips_are_found_by_split_and_speaker(toy_dataset):
    dataset = Dataset(toy_dataset)
    assert [clip.id for clip in dataset.clips("train", "alice")] == [f"clip-{i}" for i in range(4)]
    assert dataset.speakers("train") == ("alice", "bob")
    assert dataset.speakers() == ("alice", "bob", "carol")
    assert len(dataset.records) == 7
    assert dataset.summary()["rejected"] == {"no face": 1}
    clip = dataset.clips("val_unseen")[0]
    assert isinstance(clip.crops, np.memmap)
    assert clip.crops.shape == (clip.frames, 32, 32, 3)
    with pytest.raises(ValueError, match="read-only"):
        clip.crops[0] = 0


def test_features_are_on_the_axis_of_the_clip(toy_dataset):
    clip = Dataset(toy_dataset).clips()[0]
    features = clip.features("toy-1.5")
    assert features.values.dtype == np.float32
    assert (features.rate, features.start, features.kind) == (50.0, -0.01, "toy-1.5")
    with pytest.raises(TrainingError, match=r"prepared without whisper-tiny\.en features; run prepare again"):
        clip.features("whisper-tiny.en")


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.5), (0.5, 2 / 3), (1.0, 0.8)])
def test_speakers_are_weighed(toy_dataset, balance, share):
    dataset, rng = Dataset(toy_dataset), np.random.default_rng(0)
    drawn = Counter(dataset.sample_clip(rng, balance=balance).speaker for _ in range(3000))
    assert drawn["alice"] / 3000 == pytest.approx(share, abs=0.04)
    assert drawn["carol"] == 0


def test_opening_what_is_no_data_set(toy_dataset, tmp_path):
    with pytest.raises(TrainingError, match="not a prepared data set"):
        Dataset(tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(toy_dataset, copy)
    settings = json.loads((copy / "dataset.json").read_text())
    (copy / "dataset.json").write_text(json.dumps(settings | {"version": 99}))
    with pytest.raises(TrainingError, match="prepared by another version"):
        Dataset(copy)


def test_a_damaged_array_and_a_cut_off_line_are_met_with_reason(toy_dataset, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(toy_dataset, copy)
    with (copy / "clips.jsonl").open("a") as file:
        file.write('{"id": "clip-77", "pa')
    dataset = Dataset(copy)
    assert len(dataset.clips()) == 6
    (copy / "clips" / "clip-0" / "crops.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(TrainingError, match=r"clip-0.crops\.npy: cannot be read"):
        _ = dataset.clips()[0].crops


def test_the_fingerprint_follows_what_is_trained_on(toy_dataset, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(toy_dataset, copy)
    assert Dataset(copy).fingerprint() == Dataset(toy_dataset).fingerprint()
    text = (copy / "clips.jsonl").read_text().replace('"split": "val_unseen"', '"split": "train"')
    (copy / "clips.jsonl").write_text(text)
    assert Dataset(copy).fingerprint() != Dataset(toy_dataset).fingerprint()


def test_a_growing_array_is_an_ordinary_one(tmp_path):
    rows = np.random.default_rng(0).integers(0, 256, (300, 4, 5), dtype=np.uint8)
    with RowWriter(tmp_path / "rows.npy", (4, 5), np.uint8) as writer:
        for row in rows:
            writer.append(row)
        with pytest.raises(ValueError, match="row is float64"):
            writer.append(np.zeros((4, 5)))
    assert np.array_equal(np.load(tmp_path / "rows.npy", mmap_mode="r"), rows)
    with RowWriter(tmp_path / "none.npy", (4, 5), np.uint8):
        pass
    assert np.load(tmp_path / "none.npy").shape == (0, 4, 5)


@pytest.fixture
def table(tmp_path):
    rows = [f"open/a/{i:02}.mp4\tann\topen\ttrain\t3\tCC0\t\n" for i in range(20)]
    rows += [f"open/a/v{i}.mp4\tann\topen\tval\t3\tCC0\t\n" for i in range(2)]
    rows += ["open/b/x y.mp4\tbob\topen\ttrain\t3\tCC0\t\n", "lab/c/z.mp4\tcat\tresearch\teval\t3\t\thush\n"]
    (tmp_path / "clips.tsv").write_text(HEADER + "".join(rows))
    return tmp_path


def test_a_table_in_the_folder_is_used(table):
    clips = list_clips(table)
    assert len(clips) == 24
    bob = next(clip for clip in clips if clip.speaker == "bob")
    assert (bob.name, bob.split, bob.licence) == ("open/b/x y.mp4", "train", "CC0")
    assert bob.path == table / "open/b/x y.mp4"
    assert bob.id.startswith("open-b-x-y-")
    assert len({clip.id for clip in clips}) == 24


def test_selection_is_even_and_keeps_held_out_clips(table):
    clips = list_clips(table)
    chosen = select_clips(clips, groups=("open",), max_per_speaker=4)
    assert [clip.name for clip in chosen if clip.split == "train" and clip.speaker == "ann"] == [
        f"open/a/{i:02}.mp4" for i in (0, 5, 10, 15)
    ]
    assert sum(clip.split == "val" for clip in chosen) == 2
    assert not any(clip.group == "research" for clip in chosen)
    limited = select_clips(clips, limit=5)
    assert len(limited) == 5
    assert {clip.speaker for clip in limited} == {"ann", "bob", "cat"}
    assert {clip.speaker for clip in select_clips(clips, exclude=("ann",))} == {"bob", "cat"}
    with pytest.raises(TrainingError, match="no clip left of 24"):
        select_clips(clips, groups=("closed",))


def test_without_a_table_folders_are_speakers_and_some_are_held_out(tmp_path):
    for speaker in range(30):
        (tmp_path / f"speaker {speaker}").mkdir()
        (tmp_path / f"speaker {speaker}" / "one.MP4").touch()
        (tmp_path / f"speaker {speaker}" / "notes.txt").touch()
    clips = list_clips(tmp_path)
    assert len(clips) == 30
    unseen = {clip.speaker for clip in clips if clip.split == "val_unseen"}
    assert 1 <= len(unseen) <= 8
    assert unseen == {clip.speaker for clip in list_clips(tmp_path) if clip.split == "val_unseen"}


def test_bad_tables_and_folders(tmp_path):
    with pytest.raises(TrainingError, match="no such folder"):
        list_clips(tmp_path / "nowhere")
    with pytest.raises(TrainingError, match="holds no video"):
        list_clips(tmp_path)
    (tmp_path / "clips.tsv").write_text("file,who\na,b\n")
    with pytest.raises(TrainingError, match=r"clips\.tsv line 2: needs the tab-separated columns path and speaker"):
        list_clips(tmp_path)
    with pytest.raises(TrainingError, match="cannot be read as a clip table"):
        list_clips(tmp_path, tmp_path / "other.tsv")
