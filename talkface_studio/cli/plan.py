"""Plans of a batch: a CSV or TOML file, or two folders, as rows of requests.

A row's values have the names of the options of `talkface dub`, and are read by that command itself.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import click

from talkface_studio.api.errors import ProjectError, TalkFaceError
from talkface_studio.cli.app import App
from talkface_studio.cli.dub import DISPLAY, dub, read_values
from talkface_studio.dubbing.documents import map_paths
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.project.document.media import MediaKind, guess_kind
from talkface_studio.project.export.planned import free_name
from talkface_studio.project.queue.batch import Row
from talkface_studio.project.storage.scan import media_files

TABLE = "dub"
"""The name of a row in a TOML plan."""
OPTION = "option"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How the values of rows become requests."""

    app: App
    """Where the user's presets are."""
    folder: Path
    """What face and speech are relative to."""
    outputs: Path | None = None
    """What outputs are relative to, if not to `folder`; rows without an output get one here."""
    suffix: str = ".mp4"
    defaults: Mapping[str, Any]
    """Values for the rows that have none, by the names of the parameters of `dub`."""

    def row(self, name: str, values: Mapping[str, Any]) -> Row:
        """The row of some values; what is wrong with them is told in it."""
        try:
            return Row(name=name, request=self._request({**self.defaults, **_parameters(values)}))
        except click.UsageError as error:
            return Row(name=name, error=error.format_message().rstrip("."))
        except TalkFaceError as error:
            return Row(name=name, error=str(error))

    def _request(self, values: dict[str, Any]) -> DubRequest:
        if not values.get("output"):
            if self.outputs is None:
                raise click.UsageError("has no output; fill the column output, or give the command -o DIR")
            names = [Path(str(values.get(name, ""))).stem for name in ("face", "speech")]
            values["output"] = f"{'-'.join(names)}{self.suffix}"
        request = read_values(self.app, values)
        request = replace(request, output=(self.outputs or self.folder) / request.output.expanduser())
        return map_paths(request, lambda path: self.folder / path.expanduser())


def read_plan(path: Path, reader: Reader) -> list[Row]:
    """The rows of a plan.

    Raises:
        ProjectError: it cannot be read as one; a row that is wrong is no reason.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read ({error.strerror}); give a CSV or TOML file") from error
    except UnicodeDecodeError as error:
        raise ProjectError(f"{path}: is not text in UTF-8; save it so") from error
    if path.suffix.lower() == ".toml":
        rows = list(_toml_rows(path, text, reader))
    else:
        rows = list(_csv_rows(path, text, reader))
    if not rows:
        raise ProjectError(f"{path}: has no rows")
    return rows


def pair_folders(faces: Path, voices: Path, pairing: str, reader: Reader) -> list[Row]:
    """A row for every face with every voice ("product"), or for the first with the first and so on ("zip").

    Folders are searched to the bottom for files whose names say that they are media.

    Raises:
        ProjectError: a folder has no such files, or "zip" leaves some over.
    """
    first, second = _files(faces, but="audio"), _files(voices, but="photo")
    if pairing == "zip" and len(first) != len(second):
        raise ProjectError(
            f"{faces} has {len(first)} faces and {voices} has {len(second)} voices; "
            "zip needs as many of both, or use product"
        )
    pairs = product(first, second) if pairing == "product" else zip(first, second, strict=True)
    rows, used = [], set[Path]()
    for face, speech in pairs:
        output = free_name(reader.folder, f"{face.stem}-{speech.stem}", reader.suffix, used).name
        values = {"face": str(face), "speech": str(speech), "output": output}
        rows.append(reader.row(f"{face.name} + {speech.name}", values))
    return rows


def _files(folder: Path, *, but: MediaKind) -> list[Path]:
    found = [path for path in media_files([folder]) if guess_kind(path) != but]
    if not folder.is_dir() or not found:
        raise ProjectError(f"{folder}: is not a folder with media files that can be used so; choose another one")
    return found


def _toml_rows(path: Path, text: str, reader: Reader) -> Iterator[Row]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path}: is not TOML: {error}") from error
    tables, defaults = document.pop(TABLE, None), document.pop("defaults", {})
    if document or not isinstance(defaults, dict) or not isinstance(tables, list):
        raise ProjectError(
            f"{path}: a plan has a table [[{TABLE}]] for every row, may have [defaults], and nothing else"
        )
    for number, table in enumerate(tables, start=1):
        values = table if isinstance(table, dict) else {"": table}
        yield reader.row(f"{TABLE} {number}", {**defaults, **values})


def _csv_rows(path: Path, text: str, reader: Reader) -> Iterator[Row]:
    header = text.partition("\n")[0]
    lines = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=header.count), strict=True)
    try:
        columns = [cell.strip() for cell in next(lines, [])]
        _parameters(dict.fromkeys(columns, ""))
        repeated = [column for column in columns if columns.count(column) > 1]
        if repeated:
            raise ProjectError(f"{path}: the column {repeated[0]} stands twice")
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _csv_row(f"line {lines.line_num}", columns, cells, reader)
    except csv.Error as error:
        raise ProjectError(f"{path}: line {lines.line_num} is not CSV: {error}") from error
    except click.UsageError as error:
        raise ProjectError(f"{path}: {error.format_message()}") from error


def _csv_row(name: str, columns: Sequence[str], cells: Sequence[str], reader: Reader) -> Row:
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        return Row(name=name, error=f"has {len(cells)} cells, but there are {len(columns)} columns")
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    return reader.row(name, values)


def _parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of the parameters of `dub`.

    Raises:
        click.UsageError: a name is none of its options, or a value has no plain form.
    """
    known = {
        option.lstrip("-"): str(parameter.name)
        for parameter in dub.params
        if parameter.name not in DISPLAY
        for option in parameter.opts
    }
    found: dict[str, Any] = {}
    options: list[str] = []
    for key, value in values.items():
        name = key.strip().lower().replace("_", "-").lstrip("-")
        if name == OPTION:
            options += _pairs(value)
        elif name.startswith(f"{OPTION}."):
            options += [f"{key.strip()[len(OPTION) + 1 :]}={_plain(key, value)}"] if value != "" else []
        elif name in known:
            found[known[name]] = _plain(key, value)
        else:
            raise click.UsageError(f"there is no option {key!r}; there are: {', '.join(known)}")
    return {**found, "options": tuple(options)} if options else found


def _pairs(value: Any) -> list[str]:
    """The `key=value` of one cell ("a=1; b=2"), of a list, or of a table."""
    if isinstance(value, Mapping):
        return [f"{key}={_plain(key, item)}" for key, item in value.items()]
    if isinstance(value, list):
        return [_plain(OPTION, item) for item in value]
    return [pair.strip() for pair in _plain(OPTION, value).split(";") if pair.strip()]


def _plain(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, Mapping)):
        raise click.UsageError(f"{key!r} needs one value, not {value!r}")
    return str(value)
