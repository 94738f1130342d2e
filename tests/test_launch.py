"""Which program stands for Python, and what programs of others are given."""

import subprocess
import sys

import pytest

from talkface_studio import launch


def test_an_installed_studio_starts_its_own_interpreter():
    said = subprocess.run(
        [launch.interpreter(), "-P", "-c", "import talkface_studio.launch as l; print(l.packaged())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "False"
    assert launch.environment_of_others({"LD_LIBRARY_PATH": "/own", "A": "b"}) == {"LD_LIBRARY_PATH": "/own", "A": "b"}


@pytest.mark.parametrize("name", ["talkface", "talkface-studio", "talkface-python"])
def test_every_program_of_the_application_starts_the_same_interpreter(monkeypatch, tmp_path, name):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / name))
    assert launch.interpreter() == str(tmp_path / "talkface-python")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LD_LIBRARY_PATH": "/ours", "LD_LIBRARY_PATH_ORIG": "/own", "A": "b"}, {"LD_LIBRARY_PATH": "/own", "A": "b"}),
        ({"LD_LIBRARY_PATH": "/ours", "A": "b"}, {"A": "b"}),
    ],
)  # fmt: skip
def test_other_programs_do_not_look_for_libraries_in_the_application(monkeypatch, environ, expected):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launch.environment_of_others(environ) == expected
