"""Plan files: which face speaks with which voice, and when.

[[part]]
face = 0                    # number of the face, 0 being the largest; or "X,Y@T", a pixel that it covers at T seconds
speech = "anna.wav"         # any file with sound; relative to the plan
start = 0.0                 # seconds of the video, or "M:SS"; where the speech begins
end = 12.5                  # where this part ends; by default where the speech ends
audio-offset = -40          # milliseconds by which the speech is later
model = "ltfg-gan"          # these four by default as for the whole dub
preset = "compact"
seed = 0
options = { strength = 0.5 }

[[part]]
...
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from talkface_studio.api.card import OptionValue
from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.request import Part
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.container import reason

_KEYS = ("face", "speech", "start", "end", "audio-offset", "model", "preset", "seed", "options")


def read_plan(path: Path, defaults: Part | None = None) -> tuple[Part, ...]:
    """The parts of a plan file; `defaults` has the model, preset, seed and options of parts that name none.

    Raises:
        ProjectError: the file cannot be read, has a key that does not exist or a value that makes no sense, or gives
            one face two voices at the same time.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(f"{path}: this plan cannot be read ({reason(error)})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: is not a TOML file ({reason(error)})") from error
    entries = document.pop("part", None)
    if document or not isinstance(entries, list) or not entries:
        wrong = f"{next(iter(document))!r}" if document else "nothing"
        raise ProjectError(f"{path}: a plan is a list of [[part]] tables; found {wrong}")
    parts = tuple(_part(path, number, entry, defaults) for number, entry in enumerate(entries, 1))
    _check_overlaps(path, parts)
    return parts


def _part(path: Path, number: int, entry: Any, defaults: Part | None) -> Part:
    where = f"{path}: part {number}"
    if not isinstance(entry, dict):
        raise ProjectError(f"{where} is not a table; write [[part]] above it")
    for key in entry:
        if key not in _KEYS:
            raise ProjectError(f"{where}: {key!r} is unknown; a part has {', '.join(_KEYS)}")
    speech = entry.get("speech")
    if not isinstance(speech, str) or not speech:
        raise ProjectError(f"{where}: speech has to name a file")
    start, end = (_seconds(where, key, entry.get(key)) for key in ("start", "end"))
    if end is not None and end <= (start or 0.0):
        raise ProjectError(f"{where}: end ({end:g} s) has to be after start ({start or 0.0:g} s)")
    like = defaults or Part(speech=Path())
    return replace(
        like,
        speech=path.parent / speech,
        face_choice=_face(where, entry.get("face", 0)),
        start=start,
        end=end,
        audio_offset=_number(where, "audio-offset", entry.get("audio-offset", 0), 3.6e6) / 1000,
        model=_text(where, "model", entry.get("model", like.model)),
        preset=_text(where, "preset", entry.get("preset", like.preset)) or like.preset,
        seed=int(_number(where, "seed", entry.get("seed", like.seed), 2**63)),
        options={**like.options, **_options(where, entry.get("options", {}))},
    )


def _face(where: str, value: Any) -> FaceChoice:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return FaceChoice(index=value)
    if isinstance(value, str):
        try:
            x, y, time = (float(word) for word in value.replace("@", ",").split(","))
        except ValueError:
            pass
        else:
            if all(math.isfinite(number) and number >= 0 for number in (x, y, time)):
                return FaceChoice(point=(x, y), time=time)
    raise ProjectError(f'{where}: face {value!r} is neither a number from 0 nor "X,Y@T"')


def _seconds(where: str, key: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = sum(float(word) * 60**power for power, word in enumerate(reversed(value.split(":"))))
        except ValueError:
            raise ProjectError(f'{where}: {key} {value!r} is neither seconds nor "M:SS"') from None
    seconds = _number(where, key, value, 1e7)
    if seconds < 0:
        raise ProjectError(f"{where}: {key} cannot be negative")
    return seconds


def _number(where: str, key: str, value: Any, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= largest:
        raise ProjectError(f"{where}: {key} {value!r} is not a number that can be used")
    return value


def _text(where: str, key: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ProjectError(f"{where}: {key} {value!r} is not a name")
    return value


def _options(where: str, value: Any) -> Mapping[str, OptionValue]:
    if not isinstance(value, dict) or not all(isinstance(each, (bool, int, float, str)) for each in value.values()):
        raise ProjectError(f"{where}: options have to be a table of plain values")
    return value


def _check_overlaps(path: Path, parts: Iterable[Part]) -> None:
    """Refuse what the plan alone shows to overlap; ends that only the speeches tell are compared later."""
    for (first, one), (second, other) in combinations(enumerate(parts, 1), 2):
        same = one.face_choice == other.face_choice
        starts, ends = (one.start or 0.0, other.start or 0.0), (one.end, other.end)
        apart = any(end is not None and end <= start for end, start in zip(ends, reversed(starts), strict=True))
        if same and not apart and None not in ends:
            raise ProjectError(f"{path}: parts {first} and {second} are for the same face at the same time")
