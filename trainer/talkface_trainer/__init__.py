"""The training toolkit of TalkFace Studio: data preparation, the loop, losses, discriminators, perceptual networks.

Clips become a data set (`table`, `extract`, `prepare`), a recipe reads it (`dataset`, `augment`, `mirror`), the loop
drives it (`loop`, `stages`, `context`, `loader`, `schedule`, `average`, `checkpoint`, `run`, `events`, `processes`);
`losses`, `discriminators` and `perceptual` are what recipes build their steps from, `evaluation` measures the result.
"""
