"""What a process that computes is set to."""

import os
import subprocess
import sys

import pytest

SAID = """
import gc, os
from talkface_studio.runtime import set_up
set_up()
print(os.environ["OPENBLAS_NUM_THREADS"], gc.get_threshold()[0] > 700, gc.isenabled())
"""


@pytest.mark.parametrize(("given", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_what_the_user_s_environment_says_stays(given, threads):
    environ = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run(
        [sys.executable, "-c", SAID], capture_output=True, text=True, check=True, env={**environ, **given}
    )
    assert said.stdout.split() == [threads, "True", "True"]
