"""How far a plugin is trusted, and what it asks for, in plain words."""

from __future__ import annotations

from enum import StrEnum

from talkface_studio.plugin_host.manifest import Permissions


class Trust(StrEnum):
    """Whom a plugin comes from, as far as the studio can tell."""

    BUNDLED = "bundled"
    """It is part of the studio and tested with it."""
    KNOWN = "known publisher"
    """Its files carry the signature of a publisher whose key this studio has."""
    UNKNOWN = "unknown"
    """Anybody may have made it."""


def trust_in_words(trust: Trust, publisher: str) -> str:
    """One sentence for the user."""
    if trust is Trust.BUNDLED:
        return "Comes with the studio and is tested with it."
    if trust is Trust.KNOWN:
        return f"Signed by {publisher}, whose key this studio knows."
    said = f" (it says: {publisher})" if publisher else ""
    return f"Unknown publisher{said}: the studio cannot tell who made it, nor whether it means well."


def permissions_in_words(permissions: Permissions) -> tuple[str, ...]:
    """What a plugin may do beyond its work, a sentence each; one at least."""
    words = ["Sees the voices and faces that you dub with it."]
    if permissions.network:
        words.append("Uses the network: it can send what it sees to others.")
    words += [f"Reads and changes the files in {folder}." for folder in permissions.folders]
    if not (permissions.network or permissions.folders):
        words.append("Asks for neither the network nor any of your folders.")
    return tuple(words)


def enforcement_in_words(*, enforced: bool) -> str:
    """Whether the system keeps a plugin to what it asked for."""
    if enforced:
        return "Enforced: the system gives it nothing beyond this."
    return (
        "Not enforced on this system: the plugin has a process of its own, but could use the network and your files "
        "as any program that you start. On Linux bubblewrap changes that."
    )


def exceeds(wanted: Permissions, accepted: Permissions) -> bool:
    """Whether more is asked for than was accepted before."""
    return (wanted.network and not accepted.network) or not set(wanted.folders) <= set(accepted.folders)
