"""`talkface plugins new`: a plugin to begin with, complete with a network, weights, a recipe and tests."""

from __future__ import annotations

import hashlib
import keyword
import re
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from talkface_studio.api import API_VERSION
from talkface_studio.api.errors import PluginError

_FILES = Path(__file__).parent / "files"
_WEIGHTS = Path("weights", "compact.safetensors")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def write_template(name: str, folder: Path) -> Path:
    """Write the plugin `name` into the folder `folder / name`, which must not exist; returns it.

    Raises:
        PluginError: the name cannot be one, the folder exists, or it cannot be written. Nothing is left then.
    """
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(module) or len(name) > 40:
        raise PluginError(
            f"{name!r} cannot be the name of a plugin; use up to 40 small letters, digits and single hyphens, "
            "a letter first, for example loud-mouth"
        )
    target = folder / name
    if target.exists():
        raise PluginError(f"{target}: exists already; choose another name, or another folder with --into")
    weights = (_FILES / "package" / _WEIGHTS).read_bytes()
    words = {
        "name": name,
        "module": module,
        "title": name.replace("-", " ").capitalize(),
        "kind": "".join(part.capitalize() for part in name.split("-")),
        "api_version": str(API_VERSION),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "weights_size": str(len(weights)),
    }
    try:
        with TemporaryDirectory(dir=folder, prefix=f".{name}.") as draft:
            whole = Path(draft, name)
            for path in sorted(_FILES.rglob("*")):
                if path.is_file():
                    _write(path, whole, words)
            whole.rename(target)
    except OSError as error:
        raise PluginError(f"{target}: cannot be written: {error.strerror or error}") from error
    return target


def _write(path: Path, whole: Path, words: dict[str, str]) -> None:
    parts = list(path.relative_to(_FILES).parts)
    if parts[0] == "package":
        parts[0] = words["module"]
    written = whole.joinpath(*parts)
    written.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".template":
        text = Template(path.read_text(encoding="utf-8")).substitute(words)
        written.with_suffix("").write_text(text, encoding="utf-8")
    else:
        written.write_bytes(path.read_bytes())
