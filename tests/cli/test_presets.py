"""`talkface presets`, and exports of other kinds than a film."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from command_line import Talkface
from talkface_studio.media.probe import probe


def test_presets_are_listed_with_those_of_the_user(talkface: Talkface, home: Path) -> None:
    folder = home / "config" / "presets"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text('title = "Mine"\ncontainer = "mkv"\ncodec = "ffv1"\n')
    answer = talkface("presets")
    assert (answer.code, answer.err) == (0, "")
    assert "youtube-1080p" in answer.out
    assert "Mine" in answer.out
    assert str(folder) in answer.out
    (folder / "wrong.toml").write_text("crf = 5\n")
    answer = talkface("presets", "--json")
    assert {"youtube-1080p", "mine"} < {preset["name"] for preset in answer.document["presets"]}
    assert "wrong.toml" in answer.document["failures"][0]
    assert "wrong.toml" in answer.line


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        (["--export", "tape"], "out.mp4", "no export preset 'tape'"),
        (["--export", "gif"], "out.mp4", "preset gif writes .gif"),
        (["--codec", "h264"], "out.webm", "cannot hold h264"),
        (["--codec", "h264", "--crf", "60"], "out.mp4", "crf 60 is outside 0..51"),
        ([], "out.png", "NAME/%06d.png"),
    ],
)
def test_what_does_not_fit_is_one_line(
    talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path, arguments, name: str, message: str
) -> None:
    answer = talkface("dub", portrait, speech, "-o", folder / name, *arguments)
    assert answer.code == 2
    assert message in answer.line
    assert not (folder / name).exists()


def test_a_preset_for_short_clips_refuses_a_long_one(
    talkface: Talkface, home: Path, toy: str, portrait: Path, speech: Path, folder: Path
) -> None:
    preset = folder / "short.toml"
    preset.write_text('title = "Short"\ncontainer = "gif"\ncodec = "gif"\nlongest = 3\n')
    answer = talkface("dub", portrait, speech, "-o", folder / "out.gif", "--export", preset)
    assert answer.code == 2
    assert "would last 4.0 s, and this preset is for up to 3 s" in answer.line


def test_the_sound_alone_is_copied_without_a_model(talkface: Talkface, clip: Path, speech: Path, folder: Path) -> None:
    document = talkface("dub", clip, speech, "-o", folder / "out.wav", "--fit", "hold", "--json", "--quiet").document
    assert (document["frames"], document["model"]) == (0, "none")
    assert samples(folder / "out.wav").tobytes() == samples(speech).tobytes()


def test_a_dub_of_a_clip_as_animation_and_as_pictures(
    talkface: Talkface, toy: str, clip: Path, speech: Path, folder: Path
) -> None:
    assert talkface("dub", clip, speech, "-o", folder / "out.gif", "--quiet").code == 0
    with Image.open(folder / "out.gif") as image:
        assert image.n_frames == 24
    assert talkface("dub", clip, speech, "-o", folder / "shots" / "%03d.png", "--quiet").code == 0
    assert len(list((folder / "shots").iterdir())) == 24


def test_speech_that_fits_the_container_is_copied_bit_for_bit(
    talkface: Talkface, toy: str, clip: Path, speech: Path, folder: Path
) -> None:
    assert talkface("dub", clip, speech, "-o", folder / "out.mov", "--quiet", "--export", "prores-master").code == 0
    assert probe(folder / "out.mov").audios[0].codec == "pcm_s24le"
    assert talkface("dub", clip, speech, "-o", folder / "out.mkv", "--quiet", "--fit", "hold").code == 0
    assert probe(folder / "out.mkv").audios[0].codec == "pcm_s16le"
    np.testing.assert_array_equal(samples(folder / "out.mkv"), samples(speech))


def samples(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def test_around_a_part_the_packets_of_the_source_are_kept(
    talkface: Talkface, toy: str, clip: Path, speech: Path, folder: Path
) -> None:
    output = folder / "out.mp4"
    assert talkface("dub", clip, speech, "-o", output, "--quiet", "--start", "0.4", "--end", "0.6").code == 0
    before, after = stored_packets(clip), stored_packets(output)
    same = [old == new for old, new in zip(before, after, strict=False)]
    assert same[:5] == [True] * 5
    assert same[-2:] == [True] * 2
    assert not all(same)
    assert (probe(output).audios[0].rate, probe(output).audios[0].channels) == (24_000, 1)


def stored_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
