"""The training toolkit of TalkFace Studio: data preparation, the loop, losses, discriminators, perceptual networks.

Clips become a data set (`table`, `extract`, `prepare`), a recipe reads it (`dataset`, `augment`) and is driven by the
loop (`loop`, `run`, `context`, `checkpoint`, `loader`, `average`, `schedule`, `processes`, `events`); `losses`,
`discriminators` and `perceptual` are what recipes build their steps from, `report` writes what they measured.
"""
