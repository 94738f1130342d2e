"""What is known of the speakers of a data set: `speakers.tsv`, a table that need not be there.

    speaker <tab> gender <tab> age
    ann     <tab> female <tab> 34

`gender` is "female", "male" or empty; `age` is in years or empty.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from talkface_studio.api.errors import TrainingError
from talkface_trainer.files import write_text

FILE = "speakers.tsv"
GENDERS = ("female", "male")


@dataclass(frozen=True, slots=True)
class SpeakerLabels:
    """By speaker: whether he is male (1.0) or she is female (0.0), and years."""

    male: Mapping[str, float] = field(default_factory=dict)
    age: Mapping[str, float] = field(default_factory=dict)


def read_labels(folder: Path) -> SpeakerLabels:
    """The labels in a folder; none where it has no such table.

    Raises:
        TrainingError: the table cannot be read, or a line of it says something else.
    """
    path = folder / FILE
    if not path.is_file():
        return SpeakerLabels()
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path}: cannot be read as a table of speakers: {error}") from error
    male: dict[str, float] = {}
    age: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        speaker, gender, years = (row.get(name) or "" for name in ("speaker", "gender", "age"))
        if not speaker or gender not in {"", *GENDERS} or (years and not years.replace(".", "", 1).isdigit()):
            raise TrainingError(f"{path} line {number}: needs a speaker, female or male or nothing, years or nothing")
        if gender:
            male[speaker] = float(gender == "male")
        if years:
            age[speaker] = float(years)
    return SpeakerLabels(male, age)


def write_labels(folder: Path, labels: SpeakerLabels) -> None:
    """Write labels as `read_labels` reads them; nothing where there are none."""
    speakers = sorted({*labels.male, *labels.age})
    if not speakers:
        return
    genders = {name: "male" if male else "female" for name, male in labels.male.items()}
    ages = {name: f"{age:g}" for name, age in labels.age.items()}
    rows = ["speaker\tgender\tage", *(f"{name}\t{genders.get(name, '')}\t{ages.get(name, '')}" for name in speakers)]
    write_text(folder / FILE, "\n".join(rows) + "\n")
