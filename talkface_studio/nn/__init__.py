"""Network blocks that two or more bundled models share, and the reading and writing of their weights.

Together with `api` the only room that a plugin imports; it needs torch, which `api` does not.
"""
