"""The contract between the studio and its plugins: the only room a plugin may import (besides `nn`).

Import names from the modules themselves: `values`, `generator`, `card`, `landmarks`, `recipe`, `hookspecs`, `errors`,
and, in a plugin's tests, `testing`. Nothing here imports torch or Qt.
"""

API_VERSION = 1
"""Raised when a plugin written for an older contract would no longer run."""
