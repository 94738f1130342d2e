"""Every source frame once with its own timestamp, and the sound where it belongs, at any rate."""

from dataclasses import replace
from fractions import Fraction

import pytest

from clapper import OnlyAtFirst, frame_times, heard_and_seen, timestamps, write_speech, write_video
from talkface_studio.dubbing import picture
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.request import DubRequest

CLAPS = (1.2, 2.1, 3.0)
RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}


@pytest.fixture
def make(tmp_path, toy_catalog, folders, monkeypatch):
    """Dub a clapper clip; gives the source, the output and the result."""
    monkeypatch.setattr(picture, "FaceTracker", OnlyAtFirst)

    def run(rate, *, seconds=3.5, claps=CLAPS, speech=(16_000, 1), start=0.0, variable=False, suffix=".mp4", **more):
        source, voice, output = tmp_path / f"source{suffix}", tmp_path / "voice.wav", tmp_path / f"out{suffix}"
        base = Fraction(1, rate.numerator * 4) if not variable else Fraction(1, 90_000)
        if start:
            base = Fraction(1, 90_000)
        times = frame_times(rate, seconds, start=start, variable=variable)
        count = write_video(source, times, rate, claps, base)
        write_speech(voice, *speech, seconds + start, claps)
        request = DubRequest(face=source, speech=voice, output=output, precision="fp32")
        result = dub(replace(request, **more), toy_catalog, folders)
        assert result.frames == count
        return source, output, result

    return run


def check(source, output, rate, claps=CLAPS):
    before, after = timestamps(source), timestamps(output)
    assert after == before
    for (click, flash), clap in zip(heard_and_seen(output, claps), claps, strict=True):
        # A white frame begins at its clap or up to a frame behind it; the sound is where the clap is.
        assert abs(click - clap) < 0.004
        assert -0.0005 <= flash - clap < float(1 / rate) * 1.4


@pytest.mark.parametrize(
    ("name", "speech"),
    list(
        zip(
            RATES,
            [(8000, 1), (11_025, 2), (16_000, 1), (22_050, 1), (44_100, 2), (48_000, 6), (96_000, 1), (32_000, 2)],
            strict=True,
        )
    ),
)
def test_constant_rates(make, name, speech):
    source, output, _ = make(RATES[name], speech=speech)
    check(source, output, RATES[name])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_variable_rate(make, suffix):
    rate = Fraction(30000, 1001)
    source, output, _ = make(rate, variable=True, suffix=suffix, speech=(44_100, 1))
    check(source, output, rate)


def test_a_picture_that_starts_late(make):
    """An MP4 says so by an edit list."""
    source, output, _ = make(Fraction(25), start=0.5)
    assert timestamps(source)[0] == Fraction(1, 2)
    check(source, output, Fraction(25))


def test_the_sources_own_sound_stays_in_place_outside_the_range(make):
    source, output, _ = make(RATES["29.97"], speech=(22_050, 2), end=0.95)
    check(source, output, RATES["29.97"])


def test_a_minute_drifts_by_nothing(make):
    claps = tuple(float(second) + 0.25 for second in range(5, 60, 5))
    source, output, result = make(RATES["29.97"], seconds=60, claps=claps, speech=(44_100, 1))
    assert result.frames == 1799
    check(source, output, RATES["29.97"], claps)
