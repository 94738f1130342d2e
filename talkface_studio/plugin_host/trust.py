"""How far a plugin is trusted, and what it asks for, in plain words."""

from __future__ import annotations

from enum import StrEnum


class Trust(StrEnum):
    """Whom a plugin comes from, as far as the studio can tell."""

    BUNDLED = "bundled"
    """It is part of the studio and tested with it."""
    KNOWN = "known publisher"
    """Its files carry the signature of a publisher whose key this studio has."""
    UNKNOWN = "unknown"
    """Anybody may have made it."""
