"""Samples to features on a time axis: log-mel, MFCC, Whisper, Wav2Vec2 and voice activity.

`track.SpeechTrack` is what the rest of the studio uses; every encoder (`encoder.Encoder`) works in fixed chunks of an
absolute grid, so that a vector never depends on the window that was asked for.
"""
