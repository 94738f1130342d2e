"""The table of commands, and the group that imports a command only when it is used.

The table holds the short help, so that `talkface --help` imports no command at all.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import click

from talkface_studio.api.errors import PluginError
from talkface_studio.cli.app import App


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command by the name of its module and of the click command in it."""

    module: str
    attribute: str
    short_help: str

    def load(self) -> click.Command:
        """Import the command."""
        return cast("click.Command", getattr(importlib.import_module(self.module), self.attribute))


def _command(module: str, attribute: str, short_help: str) -> LazyCommand:
    return LazyCommand(f"talkface_studio.cli.{module}", attribute, short_help)


COMMANDS: Mapping[str, LazyCommand] = {
    "dub": _command("dub", "dub", "Dub a face with a voice."),
    "preview": _command("preview", "preview", "Make one frame of a dub, with the time it took."),
    "imagine": _command("imagine", "imagine", "Imagine faces that a voice may belong to."),
    "batch": _command("batch", "batch", "Dub many faces and voices, from a plan or from folders."),
    "queue": _command("queue", "queue", "Fill, watch and run the queue that the editor shows."),
    "probe": _command("probe", "probe", "Show what is in a media file, and the faces in it."),
    "models": _command("models", "models", "List the installed models, or show one in full."),
    "plugins": _command("plugins", "plugins", "Install, list, update and remove models of others."),
    "presets": _command("presets", "presets", "List the export presets."),
    "weights": _command("weights", "weights", "List, verify, convert and fetch weight files."),
    "prepare": _command("prepare", "prepare", "Turn talking-face clips into a data set."),
    "train": _command("train", "train", "Train a model on a data set."),
    "export-weights": _command("export_weights", "export_weights", "Turn a training run into weights to dub with."),
    "evaluate": _command("evaluate", "evaluate", "Measure a model on a data set, beside trivial baselines."),
    "cuda": _command("cuda", "cuda", "Fetch or remove torch for NVIDIA GPUs."),
    "studio": _command("studio", "studio", "Open the desktop editor."),
    "doctor": _command("doctor", "doctor", "Show what works on this machine, and what to do about the rest."),
}


def _made(name: str, factory: App.CommandFactory) -> click.Command:
    try:
        command: object = factory()
    except Exception as error:
        reason = " ".join(str(error).split())
        raise PluginError(f"command {name} cannot be loaded: {type(error).__name__}: {reason}") from error
    if not isinstance(command, click.Command):
        raise PluginError(f"command {name} cannot be loaded: its plugin gave no click command")
    return command


class LazyGroup(click.Group):
    """Loads a command when it is asked for. Commands of plugins come after our own and never replace one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands in the order of the table, then those of third-party plugins."""
        return [*COMMANDS, *self._plugin_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name in COMMANDS:
            return COMMANDS[cmd_name].load()
        factory = self._plugin_commands(ctx).get(cmd_name)
        return _made(cmd_name, factory) if factory else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing ours."""
        rows = [(name, command.short_help) for name, command in COMMANDS.items()]
        for name, factory in self._plugin_commands(ctx).items():
            try:
                rows.append((name, _made(name, factory).get_short_help_str(80)))
            except PluginError as error:
                rows.append((name, f"({error})"))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, with the commands there are in the message."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise click.UsageError(f"no command {args[0]!r}; there are: {', '.join(self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)

    @staticmethod
    def _plugin_commands(ctx: click.Context) -> Mapping[str, App.CommandFactory]:
        return ctx.ensure_object(App).plugin_commands()
