"""What a process that computes is set to."""

import os
import subprocess
import sys

import pytest

SAID = """
import gc, os
from talkface_studio.runtime import set_up
set_up()
print(os.environ["OPENBLAS_NUM_THREADS"], os.environ["OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER"])
print(gc.get_threshold()[0] > 700, gc.isenabled())
"""


OURS = "OPENBLAS_NUM_THREADS", "OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN", "OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER"


@pytest.mark.parametrize(("given", "set_to"), [({}, ["1", "0"]), (dict(zip(OURS, "345", strict=True)), ["3", "5"])])
def test_what_the_user_s_environment_says_stays(given, set_to):
    environ = {name: value for name, value in os.environ.items() if name not in OURS}
    said = subprocess.run(
        [sys.executable, "-c", SAID], capture_output=True, text=True, check=True, env={**environ, **given}
    )
    assert said.stdout.split() == [*set_to, "True", "True"]


ENDED = """
import atexit, gc
from talkface_studio.runtime import set_up
atexit.register(lambda: print(gc.get_freeze_count() > 0))
set_up()
print(gc.get_freeze_count() > 0)
"""


def test_at_its_end_a_process_does_not_look_for_garbage():
    said = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True"]
