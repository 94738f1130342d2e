"""`talkface plugins`: models of others, each of which runs in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from talkface_studio.api.errors import PluginError
from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.parameters import PATH, json_option, quiet_option

if TYPE_CHECKING:
    from talkface_studio.plugin_host.installing.candidate import Candidate
    from talkface_studio.plugin_host.installing.installer import Installer
    from talkface_studio.plugin_host.store.listing import Entry
    from talkface_studio.plugin_host.store.store import Store

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


@click.group(epilog="Example: talkface plugins install loud_mouth-1.0.0-py3-none-any.whl")
def plugins() -> None:
    """Install, list, update and remove models of others.

    Each runs in a process of its own, with its own packages where it needs others than the studio's.
    """


def _source_options(command: _Decorated) -> _Decorated:
    """Where packages come from."""
    command = click.option("--offline", is_flag=True, help="Use no network: the cache and --find-links alone.")(command)
    return click.option(
        "--find-links",
        "folders",
        type=PATH,
        multiple=True,
        metavar="FOLDER",
        help="Look for packages in this folder of wheels as well.",
    )(command)


_yes_option = click.option("-y", "--yes", is_flag=True, help="Agree to what the plugin asks for.")


@plugins.command(epilog="Example: talkface plugins install loud_mouth-1.0.0-py3-none-any.whl --offline")
@click.argument("source")
@click.option("--sha256", metavar="HASH", help="Refuse any other wheel or zip than the one of this SHA-256.")
@_yes_option
@_source_options
@json_option
@quiet_option
@pass_app
def install(
    app: App,
    source: str,
    sha256: str | None,
    *,
    yes: bool,
    offline: bool,
    folders: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Install a plugin from a wheel, a zip, a folder or the name of a package.

    What it asks for is shown first. Nothing of it is run before you agreed; then it is tried, and only if it works is
    it used. The version before is kept for `rollback`.
    """
    installer = _installer(app, yes=yes, offline=offline, folders=folders, quiet=quiet)
    _done("installed", installer.install(source, sha256=sha256), as_json=as_json)


@plugins.command(epilog="Example: talkface plugins new my-model")
@click.argument("name")
@click.option("--into", type=PATH, default=".", show_default=True, help="The folder to write the plugin's folder into.")
@json_option
def new(name: str, *, into: Path, as_json: bool) -> None:
    """Write a plugin to begin with: a small network that works, its card, a recipe and tests."""
    from talkface_studio.plugin_host.template import write_template

    if not into.is_dir():
        raise PluginError(f"{into}: no such folder; create it first")
    folder = write_template(name, into)
    if as_json:
        print_json({"plugin": name, "folder": str(folder)})
    else:
        click.echo(f"{folder}\nnext: read {folder / 'README.md'}")


@plugins.command(epilog="Example: talkface plugins inspect loud_mouth-1.0.0-py3-none-any.whl")
@click.argument("source")
@_source_options
@json_option
@pass_app
def inspect(app: App, source: str, *, offline: bool, folders: tuple[Path, ...], as_json: bool) -> None:
    """Show what a plugin is and asks for, without installing it."""
    from talkface_studio.cli.plugin_rows import candidate_row, candidate_text

    candidate = _installer(app, offline=offline, folders=folders, quiet=True).inspect(source)
    if as_json:
        print_json(candidate_row(candidate))
    else:
        click.echo(candidate_text(candidate))


@plugins.command("list", epilog="Example: talkface plugins list --json")
@json_option
@pass_app
def list_plugins(app: App, /, *, as_json: bool) -> None:
    """List all plugins: the bundled ones and those that you installed."""
    from talkface_studio.cli.plugin_rows import plugin_rows, show_rows

    document = plugin_rows(app.folders)
    if as_json:
        print_json(document)
    else:
        show_rows(document)


@plugins.command(epilog="Example: talkface plugins update --offline")
@click.argument("name", required=False)
@click.option("--from", "source", metavar="SOURCE", help="Take it from here; default: where it was installed from.")
@_yes_option
@_source_options
@json_option
@quiet_option
@pass_app
def update(
    app: App,
    name: str | None,
    source: str | None,
    *,
    yes: bool,
    offline: bool,
    folders: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Look whether there is another version of NAME, or of every plugin, and install it."""
    if source is not None and name is None:
        raise click.UsageError("--from needs the name of the plugin")
    installer = _installer(app, yes=yes, offline=offline, folders=folders, quiet=quiet)
    names = [name] if name is not None else [entry.name for entry in installer.store.entries()]
    _each(names, partial(installer.update, source=source), installer.store, as_json=as_json)


@plugins.command(epilog="Example: talkface plugins sync plugins.toml --yes")
@click.argument("listing", metavar="[LIST]", required=False, type=PATH)
@_yes_option
@_source_options
@json_option
@quiet_option
@pass_app
def sync(
    app: App,
    listing: Path | None,
    *,
    yes: bool,
    offline: bool,
    folders: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Build every plugin of the list again where that is needed, as after an update of the studio.

    The list is your own plugins.toml, or a copy of another one: then its plugins are installed here, with the same
    files as there.
    """
    from talkface_studio.plugin_host.store.listing import read_list

    installer = _installer(app, yes=yes, offline=offline, folders=folders, quiet=quiet)
    if listing is not None and not listing.is_file():
        raise PluginError(f"{listing}: no such list of plugins")
    wanted = {entry.name: entry for entry in (read_list(listing) if listing else installer.store.entries())}
    _each(list(wanted), lambda name: installer.rebuild(wanted[name]), installer.store, as_json=as_json)


@plugins.command(epilog="Example: talkface plugins remove loud-mouth")
@click.argument("name")
@json_option
@pass_app
def remove(app: App, name: str, *, as_json: bool) -> None:
    """Remove a plugin with all versions and packages of it. Weights that you made yourself stay and are named."""
    kept = _installer(app, quiet=True).remove(name)
    if as_json:
        print_json({"removed": name, "kept": list(map(str, kept))})
    else:
        click.echo("\n".join([f"removed {name}", *(f"kept {path}, which you made" for path in kept)]))


@plugins.command(epilog="Example: talkface plugins rollback loud-mouth")
@click.argument("name")
@json_option
@pass_app
def rollback(app: App, name: str, *, as_json: bool) -> None:
    """Go back to the version before; doing it twice comes back."""
    store = _store(app)
    with store.changing():
        entry = store.rollback(name)
    _done("went back to", entry, as_json=as_json)


@plugins.command(epilog="Example: talkface plugins disable loud-mouth")
@click.argument("name")
@json_option
@pass_app
def disable(app: App, name: str, *, as_json: bool) -> None:
    """Leave a plugin out without removing it."""
    _enable(app, name, enabled=False, as_json=as_json)


@plugins.command(epilog="Example: talkface plugins enable loud-mouth")
@click.argument("name")
@json_option
@pass_app
def enable(app: App, name: str, *, as_json: bool) -> None:
    """Use a plugin again."""
    _enable(app, name, enabled=True, as_json=as_json)


@plugins.command(epilog="Example: talkface plugins check loud-mouth")
@click.argument("name")
@click.option("--rule", "rules", multiple=True, metavar="TEXT", help="Only rules whose name holds this (repeatable).")
@json_option
@quiet_option
@pass_app
def check(app: App, name: str, *, rules: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Run the whole conformance suite on the models of a plugin. That takes minutes.

    What an installed plugin registers besides models is named, too: it is not used.
    """
    from talkface_studio.cli.plugin_check import check_models, report_text

    known = {row["name"]: row for row in _rows(app)}
    if name not in known:
        raise PluginError(f"no plugin {name!r} is installed; installed: {', '.join(known)}")
    row = known[name]
    if not row["enabled"] or not row["models"]:
        advice = "it is disabled; enable it first" if row["models"] else row["state"]
        raise PluginError(f"plugin {name} cannot be checked: {advice}")
    report = check_models(app.folders, row["models"], None if quiet else partial(click.echo, err=True), rules)
    report["unused"] = row.get("unused", [])
    if as_json:
        print_json({"plugin": name, **report})
    else:
        click.echo(report_text(report))
    if not report["passed"]:
        click.get_current_context().exit(PluginError.exit_code)


@plugins.command(epilog="Example: talkface plugins sign loud_mouth --key jane.pem")
@click.argument("folder", type=PATH)
@click.option("--key", required=True, type=PATH, help="Your Ed25519 key, a PEM file that you show to nobody.")
def sign(folder: Path, key: Path) -> None:
    """Sign the package in FOLDER, the one with its plugin.toml, as its publisher.

    Do it last, before you build the wheel: any change afterwards breaks the signature.
    """
    from talkface_studio.api.plugin_file import FILE_NAME
    from talkface_studio.plugin_host import signature
    from talkface_studio.plugin_host.manifest import PluginManifest
    from talkface_studio.plugin_host.store.content import content_sha256

    folder = folder.resolve()
    manifest = PluginManifest.load(folder / FILE_NAME)
    if not manifest.publisher:
        raise PluginError(f"{folder / FILE_NAME}: names no publisher")
    public = signature.sign(folder, manifest, content_sha256(folder.parent, [folder.name]), key)
    click.echo(str(folder / signature.FILE_NAME))
    click.echo(f'others add this line to their {signature.PUBLISHERS}: "{manifest.publisher}" = "{public}"')


def _rows(app: App) -> list[dict[str, Any]]:
    from talkface_studio.cli.plugin_rows import plugin_rows

    rows: list[dict[str, Any]] = plugin_rows(app.folders)["plugins"]
    return rows


def _enable(app: App, name: str, *, enabled: bool, as_json: bool) -> None:
    store = _store(app)
    with store.changing():
        entry = store.enable(name, enabled=enabled)
    _done("enabled" if enabled else "disabled", entry, as_json=as_json)


def _store(app: App) -> Store:
    from talkface_studio.plugin_host.store.store import Store

    return Store.of(app.folders)


def _installer(
    app: App, *, yes: bool = False, offline: bool = False, folders: tuple[Path, ...] = (), quiet: bool
) -> Installer:
    from talkface_studio.dubbing.trial import try_plugin
    from talkface_studio.plugin_host.installing.installer import Installer
    from talkface_studio.plugin_host.installing.uv import PackageSource

    for folder in folders:
        if not folder.is_dir():
            raise PluginError(f"{folder}: no such folder of wheels")
    return Installer(
        folders=app.folders,
        packages=PackageSource(
            cache=app.folders.cache / "uv", offline=offline, folders=tuple(each.resolve() for each in folders)
        ),
        trial=partial(try_plugin, folders=app.folders),
        agree=partial(_agree, yes=yes),
        report=(lambda _: None) if quiet else partial(click.echo, err=True),
    )


def _agree(candidate: Candidate, *, yes: bool) -> bool:
    from talkface_studio.cli.plugin_rows import candidate_text

    if yes:
        return True
    click.echo(candidate_text(candidate), err=True)
    if not sys.stdin.isatty():
        raise PluginError(f"plugin {candidate.manifest.name} needs your consent to what is shown above; add --yes")
    return click.confirm("Install it?", err=True)


def _each(names: list[str], change: Callable[[str], Entry | None], store: Store, *, as_json: bool) -> None:
    """Do it for every plugin, also behind one that fails; the first failure is raised at the end."""
    rows: list[dict[str, Any]] = []
    failures: list[PluginError] = []
    for name in names:
        try:
            changed = change(name)
        except PluginError as error:
            failures.append(error)
            rows.append({"name": name, "state": "failed", "reason": str(error)})
            continue
        entry = changed or store.entry(name)
        rows.append({"name": name, "version": entry.version, "state": "changed" if changed else "up to date"})
    if as_json and (len(failures) != 1 or len(names) > 1):
        print_json({"plugins": rows})
        for failure in failures:
            click.echo(f"talkface: {failure}", err=True)
        if failures:
            click.get_current_context().exit(PluginError.exit_code)
        return
    for row in rows:
        if row["state"] != "failed":
            click.echo(f"{row['name']} {row['version']}: {row['state']}")
    for failure in failures[1:]:
        click.echo(f"talkface: {failure}", err=True)
    if failures:
        raise failures[0]


def _done(what: str, entry: Entry, *, as_json: bool) -> None:
    if as_json:
        print_json(entry.model_dump())
    else:
        click.echo(f"{what} {entry.name} {entry.version}")
