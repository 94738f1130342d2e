"""`talkface cuda`: torch for NVIDIA GPUs, for the packaged application."""

from __future__ import annotations

from pathlib import Path

import click

from talkface_studio.cli.app import App, pass_app, print_json
from talkface_studio.cli.parameters import PATH, json_option


@click.group(epilog="Example: talkface cuda install")
def cuda() -> None:
    """Fetch or remove torch for NVIDIA GPUs, which the packaged application comes without."""


@cuda.command(epilog="Example: talkface cuda install")
@click.option("--offline", is_flag=True, help="Use no network: --find-links alone.")
@click.option(
    "--find-links", "folders", type=PATH, multiple=True, metavar="FOLDER", help="Look in this folder of wheels."
)
@json_option
@pass_app
def install(app: App, *, offline: bool, folders: tuple[Path, ...], as_json: bool) -> None:
    """Download torch in the build for this machine's driver, about 3 GB, and use it from the next start on."""
    from talkface_studio.plugin_host.installing.cuda import SIZE, install_cuda
    from talkface_studio.plugin_host.installing.uv import PackageSource

    if not offline:
        click.echo(f"downloading torch for CUDA, {SIZE}", err=True)
    cache = app.folders.cache / "uv"
    source = PackageSource(cache=cache, offline=offline, folders=tuple(folder.resolve() for folder in folders))
    folder = install_cuda(app.folders, source)
    if as_json:
        print_json({"folder": str(folder)})
    else:
        click.echo(f"{folder}\nit is used from the next start on; talkface doctor shows the devices")


@cuda.command(epilog="Example: talkface cuda remove")
@json_option
@pass_app
def remove(app: App, *, as_json: bool) -> None:
    """Remove it, and use the torch for CPUs that the application brought."""
    from talkface_studio.plugin_host.installing.cuda import remove_cuda

    removed = remove_cuda(app.folders)
    if as_json:
        print_json({"removed": removed})
    else:
        click.echo("removed" if removed else "there is none")
