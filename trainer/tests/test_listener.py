"""What a listener expects of lips, and that real pairs are told from others, on the sample video."""

import numpy as np
import pytest

from prepared_clips import prepare_sample_clips
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.quality.sync import sync_score
from talkface_studio.speech.track import SpeechTrack
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import ArraySound, speech_of
from talkface_trainer.listener import Listener


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return Dataset(prepare_sample_clips(tmp_path_factory.mktemp("sample"))).clips("train")[0]


def test_the_speech_that_belongs_to_lips_fits_and_no_other_does(clip):
    listener = Listener.fit((clip,))
    opening = np.array([lip_opening(mesh) for mesh in clip.landmarks])
    own = sync_score(listener.expected(speech_of(clip), clip.times), opening)
    assert own.correlation > 0.5
    assert abs(own.offset) <= 1
    late = sync_score(listener.expected(speech_of(clip), clip.times), np.roll(opening, 9))
    assert late.correlation < own.correlation - 0.3
    assert abs(late.offset - 9) <= 1
    # The same voice says something else, and then nothing.
    turned = ArraySound(np.roll(np.array(clip.speech), len(clip.speech) // 2))
    other = sync_score(listener.expected(SpeechTrack(turned), clip.times), opening)
    assert other.correlation < own.correlation - 0.3
    assert other.confidence < own.confidence


def test_it_needs_somebody_to_listen_to():
    with pytest.raises(TrainingError, match="sync score"):
        Listener.fit(())
