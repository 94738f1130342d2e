"""Voice prints, and who is known by them."""

import torch

from talkface_studio.nn.voice_print import PRINT_SIZE, KnownVoices, voice_print


def spoken(formants, seed):
    """Two seconds of noise through two resonances, with a pause."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.fft.rfft(torch.randn(32_000, generator=generator))
    hertz = torch.linspace(0, 8000, len(noise))
    shape = sum(torch.exp(-(((hertz - place) / 200) ** 2)) for place in formants) + 0.01
    said = torch.fft.irfft(noise * shape)
    said[8000:14_000] = 0
    return 0.05 * said


def test_a_print_says_how_a_voice_sounds_and_not_how_loud_or_how_long_it_is_silent():
    voice = spoken((600, 1500), 0)
    plain = voice_print(voice)
    assert plain.shape == (PRINT_SIZE,)
    padded = voice_print(torch.cat([torch.zeros(16_000), 0.3 * voice]))
    other = voice_print(spoken((900, 2500), 1))
    assert (padded - plain).norm() < 0.1 * (other - plain).norm()
    for short in (torch.zeros(0), torch.zeros(100), torch.zeros(16_000)):
        assert torch.isfinite(voice_print(short)).all()


def test_known_voices_are_found_and_strangers_are_far():
    voices = [(500, 1500), (700, 2200), (900, 1200)]
    prints = torch.stack([voice_print(spoken(each, seed)) for each in voices for seed in range(25)])
    known = KnownVoices(3)
    known.fit(prints, torch.arange(3).repeat_interleave(25))
    new = torch.stack([voice_print(spoken(each, 99)) for each in voices])
    distances = known.distances(new)
    assert distances.argmin(dim=1).tolist() == [0, 1, 2]
    assert distances.diagonal().max() < 1.5
    stranger = known.distances(voice_print(spoken((1200, 3200), 9))[None])
    assert stranger.min() > 2 * distances.diagonal().max()
