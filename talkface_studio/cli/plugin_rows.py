"""Plugins as plain data and as text: those that are installed, and those that somebody wants to install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from talkface_studio.api.errors import PluginError
from talkface_studio.cli.app import print_table
from talkface_studio.plugin_host.discovery import bundled_manifests
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing.candidate import Candidate
from talkface_studio.plugin_host.installing.host import host_packages, host_python
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store.listing import Entry
from talkface_studio.plugin_host.store.store import Store
from talkface_studio.plugin_host.trust import Trust, enforcement_in_words, permissions_in_words, trust_in_words
from talkface_studio.plugin_host.unused_hooks import unused_hooks
from talkface_studio.plugin_host.worker import isolation


def plugin_rows(folders: Folders) -> dict[str, Any]:
    """All plugins, bundled ones first, and whether this system keeps the others to what they asked for.

    Raises:
        PluginError: the list of installed plugins is damaged.
    """
    store = Store.of(folders)
    rows = [{**_described(each, Trust.BUNDLED), "enabled": True, "state": "ok"} for each in bundled_manifests()]
    rows += [_installed_row(store, entry) for entry in store.entries()]
    return {"isolation": isolation_row(), "folder": str(store.root), "plugins": rows}


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """What would be installed."""
    former = candidate.former
    return {
        **_described(candidate.manifest, candidate.trust),
        "source": candidate.source,
        "sha256": candidate.sha256,
        "isolation": isolation_row(),
        "installed": former.manifest.version if former else None,
        "needs_consent": candidate.needs_consent,
    }


def candidate_text(candidate: Candidate) -> str:
    """The same in words, a line each."""
    row = candidate_row(candidate)
    lines = [f"{row['name']} {row['version']}: {row['summary']}", row["trust_in_words"], *row["permissions_in_words"]]
    lines.append(row["isolation"]["words"])
    if candidate.manifest.requirements:
        lines.append(f"Requires: {', '.join(candidate.manifest.requirements)}")
    return "\n".join([*lines, f"SHA-256 of its files: {candidate.sha256}"])


def isolation_row() -> dict[str, Any]:
    """Whether this system keeps plugins to what they asked for."""
    found = isolation()
    return {"enforced": found.enforced, "reason": found.reason, "words": enforcement_in_words(enforced=found.enforced)}


def show_rows(document: dict[str, Any]) -> None:
    """The list as a table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("plugin", "version", "before", "trust", "models", "state"):
        table.add_column(heading, overflow="fold")
    for row in document["plugins"]:
        state = row["state"] if row["enabled"] else "disabled"
        models = ", ".join(row["models"])
        table.add_row(row["name"], row["version"], row.get("previous", ""), row["trust"], models, state)
    print_table(table)
    click.echo(f"\npermissions: {document['isolation']['words']}")


def _described(manifest: PluginManifest, trust: Trust) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "summary": manifest.summary,
        "publisher": manifest.publisher,
        "homepage": manifest.homepage,
        "licence": manifest.licence,
        "models": [card.name for card in manifest.generators],
        "requirements": list(manifest.requirements),
        "trust": trust.value,
        "trust_in_words": trust_in_words(trust, manifest.publisher),
        "permissions": manifest.permissions.model_dump(mode="json"),
        "permissions_in_words": [] if trust is Trust.BUNDLED else list(permissions_in_words(manifest.permissions)),
    }


def _installed_row(store: Store, entry: Entry) -> dict[str, Any]:
    common = {
        "name": entry.name,
        "version": entry.version,
        "enabled": entry.enabled,
        "source": entry.source,
        "sha256": entry.sha256,
        "previous": entry.previous.rpartition("-")[0],
        "folder": str(store.root / entry.name),
        "bytes": _bytes(store.root / entry.name),
    }
    try:
        plugin = store.installed(entry)
        shared, python = store.record(entry).shared, store.record(entry).host_python
    except PluginError as error:
        lost = {"models": [], "trust": Trust.UNKNOWN.value, "permissions_in_words": [], "summary": ""}
        return {**lost, **common, "trust_in_words": "", "state": f"{error}; run: talkface plugins sync"}
    host = host_packages()
    fits = python == host_python() and all(host.get(name) == version for name, version in shared.items())
    state = "ok" if fits else "installed for other packages than the studio has now; run: talkface plugins sync"
    unused = list(unused_hooks(plugin))
    return {**_described(plugin.manifest, plugin.trust), **common, "state": state, "unused": unused}


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
