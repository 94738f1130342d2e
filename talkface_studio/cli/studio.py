"""`talkface studio`: the desktop editor."""

from __future__ import annotations

from pathlib import Path

import click

from talkface_studio.api.errors import MediaError, TalkFaceError
from talkface_studio.cli.app import App, pass_app


@click.command(epilog="Example: talkface studio talk.mp4 speech.wav")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@pass_app
def studio(app: App, files: tuple[Path, ...]) -> int:
    """Open the desktop editor, with a project or with media to begin with."""
    for path in files:
        if not path.exists():
            raise MediaError(f"{path}: no such file or folder")
    try:
        from talkface_studio.gui.app import Start, run
    except ImportError as error:
        raise TalkFaceError(f"the editor needs PySide6 ({error}); install talkface-studio[gui]") from error
    return run(Start(files=files, home=app.home, safe_mode=not app.third_party))
