"""Published corpora are read as they lie on a disk, from tiny stand-ins of the same layout."""

from pathlib import Path

import pytest

from talkface_studio.api.errors import TrainingError
from talkface_trainer.table import list_clips


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_crema_d_names_actors_and_emotions(tmp_path):
    names = [
        f"VideoFlash/{actor}_{sentence}_{emotion}_XX.flv"
        for actor in range(1001, 1092)
        for sentence in ("DFA", "IEO")
        for emotion in ("ANG", "HAP", "NEU")
    ]
    clips = list_clips(touch(tmp_path, *names, "VideoDemographics.csv", "AudioWAV/1001_DFA_ANG_XX.wav"))
    assert len(clips) == len(names)
    one = next(clip for clip in clips if clip.name == "VideoFlash/1001_DFA_ANG_XX.flv")
    assert (one.speaker, one.group, one.note) == ("1001", "crema-d", "emotion=anger level=XX")
    parts = ("train", "val", "val_unseen")
    splits = {split: {clip.speaker for clip in clips if clip.split == split} for split in parts}
    assert splits["val_unseen"]
    assert not splits["val_unseen"] & (splits["train"] | splits["val"])
    assert splits["val"] <= splits["train"]
    share = sum(clip.split == "train" for clip in clips) / len(clips)
    assert 0.5 < share < 0.85
    touch(tmp_path, "VideoFlash/1001_hello.flv")
    with pytest.raises(TrainingError, match=r"1001_hello\.flv: is not named like a clip of CREMA-D"):
        list_clips(tmp_path)


def test_voxceleb_keeps_the_test_people_apart(tmp_path):
    dev = [f"dev/mp4/id{person:05d}/21Uxsk56VDQ/{n:05d}.mp4" for person in (12, 13) for n in range(80)]
    clips = list_clips(touch(tmp_path, *dev, "test/mp4/id00017/01dfn2spqyE/00001.mp4", "vox2_meta.csv"))
    assert {clip.speaker for clip in clips if clip.split == "val_unseen"} == {"id00017"}
    held = [clip for clip in clips if clip.split == "val"]
    assert 0 < len(held) < 20
    assert {clip.speaker for clip in clips if clip.split == "train"} == {"id00012", "id00013"}


def test_voxceleb1_knows_its_test_people_by_their_numbers(tmp_path):
    known = [f"mp4/id10{person:03d}/1zcIwhmdeo4/{n:05d}.mp4" for person in (1, 269) for n in range(80)]
    clips = list_clips(touch(tmp_path, *known, "mp4/id10270/5r0dWxy17C8/00001.mp4", "mp4/id10309/x/00002.mp4"))
    assert {clip.speaker for clip in clips if clip.split == "val_unseen"} == {"id10270", "id10309"}
    assert 0 < len([clip for clip in clips if clip.split == "val"]) < 20
    assert {clip.speaker for clip in clips if clip.split == "train"} == {"id10001", "id10269"}
    touch(tmp_path, "mp4/idiom/x/00001.mp4")
    with pytest.raises(TrainingError, match="idiom: is not named like a person of VoxCeleb1"):
        list_clips(tmp_path)


def test_avspeech_takes_the_clips_that_its_tables_name(tmp_path):
    (tmp_path / "avspeech_train.csv").write_text("Swss72CHSWg,90.023267,97.297200,0.701562,0.325000\n")
    (tmp_path / "avspeech_test.csv").write_text("AvWWVOgaMlk,90.000000,93.566667,0.586719,0.311111\n")
    touch(
        tmp_path,
        "train/Swss72CHSWg_90.023267_97.297200.mp4",
        "train/Swss72CHSWg_10.000000_12.000000.mp4",
        "test/AvWWVOgaMlk_90.000000_93.566667.mp4",
    )
    clips = {clip.name: clip for clip in list_clips(tmp_path)}
    assert sorted(clips) == ["test/AvWWVOgaMlk_90.000000_93.566667.mp4", "train/Swss72CHSWg_90.023267_97.297200.mp4"]
    first = clips["train/Swss72CHSWg_90.023267_97.297200.mp4"]
    assert (first.speaker, first.split, first.note) == ("Swss72CHSWg", "train", "face=0.702,0.325")
    assert clips["test/AvWWVOgaMlk_90.000000_93.566667.mp4"].split == "val_unseen"
    (tmp_path / "avspeech_train.csv").write_text("Swss72CHSWg,90\n")
    with pytest.raises(TrainingError, match=r"avspeech_train\.csv line 1"):
        list_clips(tmp_path)
