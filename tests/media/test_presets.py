"""Export presets: the bundled ones are whole, and a wrong one is one line."""

from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.media.codecs import is_sound
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.presets import find_preset, preset_files, read_preset
from talkface_studio.media.writer import MediaWriter


@pytest.mark.parametrize("name", preset_files())
def test_every_bundled_preset_writes_a_file(tmp_path: Path, name: str):
    preset = find_preset(name)
    output = tmp_path / f"out.{preset.container}"
    video = None if is_sound(output) else VideoSettings(width=64, height=48)
    with MediaWriter(output, video, AudioSettings(rate=16_000), preset.encoding()) as writer:
        for index in range(3):
            if video is not None:
                writer.write_frame(VideoFrame(np.full((48, 64, 3), 60 * index, np.uint8), index / 25, index))
            writer.write_audio(AudioClip(np.zeros((1, 640), np.float32), 16_000, index / 25))
    assert output.stat().st_size > 100


def test_a_preset_of_the_user_comes_from_a_folder_or_a_path(tmp_path: Path):
    own = tmp_path / "mine.toml"
    own.write_text('title = "Mine"\ncontainer = "mkv"\ncodec = "hevc"\ncrf = 30\nsize = [640, 360]\naudio = "flac"\n')
    for preset in (find_preset("mine", [tmp_path]), find_preset(str(own))):
        encoding = preset.encoding()
        assert (encoding.codec, encoding.crf, encoding.size, encoding.audio_codec) == ("hevc", 30, (640, 360), "flac")
    own.rename(tmp_path / "gif.toml")
    assert find_preset("gif", [tmp_path]).title == "Mine"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "cannot be read as a preset"),
        ('container = "mp4"\ncodec = "h264"\n', "title: Field required"),
        ('title = "x"\ncontainer = "avi"\ncodec = "h264"\n', "container: Input should be"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "vorbis"\n', "codec 'vorbis' is unknown"),
        ('title = "x"\ncontainer = "webm"\ncodec = "h264"\n', "cannot hold h264; it holds av1, vp9"),
        ('title = "x"\ncontainer = "mp4"\n', "needs a codec"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\ncrf = 60\n', "crf 60 is outside"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\ncrf = 20\nbitrate = 1000000\n', "exclude each other"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\ncrf = "20"\n', "crf: Input should be a valid integer"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\nquality = 20\n', "quality: Extra inputs"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\naudio = "pcm"\n', "cannot hold pcm"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\naudio = "mp9"\n', "audio 'mp9' is unknown"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\nspeed = "warp"\n', "speed 'warp' is unknown"),
        ('title = "x"\ncontainer = "mp4"\ncodec = "h264"\nsize = [0, 5]\n', "16 or more"),
        ('title = "x"\ncontainer = "mov"\ncodec = "prores"\nbitrate = 100000\n', "takes no bit rate"),
    ],
)
def test_a_wrong_preset_is_one_line_that_names_its_file(tmp_path: Path, text: str, message: str):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ExportError, match=r"wrong\.toml") as error:
        read_preset(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_preset_is_one_line():
    with pytest.raises(ExportError, match="no export preset 'youtub'; choose one of archive-ffv1"):
        find_preset("youtub")
    with pytest.raises(ExportError, match=r"nowhere\.toml: cannot be read"):
        find_preset("nowhere.toml")
