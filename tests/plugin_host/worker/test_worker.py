"""A model in a process of its own gives what it gives in ours, and comes back after it has failed."""

from __future__ import annotations

import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import talkface_studio
import toy_generators
from performing import QUICK, TIMES, Stage
from plugin_packages import module_wheel
from talkface_studio.api.card import OptionValue
from talkface_studio.api.errors import JobCancelledError, OptionError, PluginError, SpeechError, WeightsError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.testing.inputs import InputRules
from talkface_studio.api.testing.material import Host, LoopedSound
from talkface_studio.api.testing.timing import TimingRules
from talkface_studio.api.values import Device, Options
from talkface_studio.plugin_host.worker import isolated_generator
from talkface_studio.plugin_host.worker.host.command import MARK, environment
from talkface_studio.plugin_host.worker.host.sandbox import Isolation
from talkface_studio.plugin_host.worker.inside import bootstrap
from talkface_studio.plugin_host.worker.limits import WorkerLimits
from talkface_studio.runtime import half_of_cores
from worker_plugins import GENERATOR, write_plugin

TOY_OPTIONS = """
presets = ["compact"]

[[generator.options]]
name = "strength"
kind = "number"
default = 1.0
minimum = 0.0
maximum = 2.0
help = "How dark."

[[generator.options]]
name = "grain"
kind = "integer"
default = 2
minimum = 0
maximum = 8
help = "Noise, in levels."

[[generator.options]]
name = "soft"
kind = "boolean"
default = false
help = "Half as dark."
"""
TOY = Path(toy_generators.__file__).read_text(encoding="utf-8") + "\nModel = Toy\n"
SIMPLE = Options(values={"strength": 1.0, "grain": 2, "soft": False})


@pytest.fixture(scope="module")
def scene(conformance_host) -> Iterator[Stage]:
    stage = Stage(conformance_host)
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def toy(scene, tmp_path_factory):
    """A toy that holds to every rule, in one process for all tests of this file."""
    installed = write_plugin(tmp_path_factory.mktemp("toy"), "toy", source=TOY, card=TOY_OPTIONS)
    return scene.generator(installed, replace(QUICK, frame=30))


class _Shared(Generator):
    """The same process again and again: starting one for each take would take minutes."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator.card)
        self._generator = generator

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        return self._generator.start(speech, face, options, device)


class TestConformance(TimingRules, InputRules):
    """The rules for generators, through a worker."""

    model = "toy"

    @pytest.fixture(autouse=True)
    def _shared(self, toy):
        self._toy = toy

    def create(self, host: Host) -> Generator:
        return _Shared(self._toy)

    def options(self, host: Host, given: Any = None, *, seed: int = 0) -> Options:
        values: dict[str, OptionValue] = self._toy.card.parse_options(given or {})
        return Options(values=values, seed=seed)


def test_faces_are_those_of_the_same_model_in_this_process(scene, toy):
    isolated = scene.frames(toy, SIMPLE)
    here = toy_generators.Toy()
    with scene.take(here, SIMPLE) as take:
        direct = list(take.render(TIMES))
    assert all(np.array_equal(a.pixels, b.pixels) and a.time == b.time for a, b in zip(isolated, direct, strict=True))


def test_masks_and_landmarks_come_along(scene, tmp_path):
    more = """
    import numpy as np
    class Whole(Performance):
        def made(self, crop, time, loud):
            mask = np.linspace(0, 1, 128 * 128, dtype=np.float32).reshape(128, 128)
            return RenderedFace(crop.pixels, time, mask, crop.landmarks[:40, :2])
    Performance = Whole
    """
    face = scene.frames(scene.generator(write_plugin(tmp_path, more=more)), moving=False)[3]
    assert face.mask is not None
    assert face.landmarks is not None
    assert face.mask.dtype == np.float32
    assert face.mask[0, 0] == 0
    assert face.mask[-1, -1] == 1
    assert face.landmarks.shape == (40, 2)


def test_arrays_larger_than_the_shared_memory_arrive_whole(scene, tmp_path, conformance_host):
    more = """
    import numpy as np
    class Checks(Performance):
        def made(self, crop, time, loud):
            samples = self.speech.samples(0.0, 300.0).samples
            return RenderedFace(np.full_like(crop.pixels, int(np.abs(samples).sum()) % 256), time)
    Performance = Checks
    """
    generator = scene.generator(write_plugin(tmp_path, more=more), replace(QUICK, frame=30))
    speech = conformance_host.speech(LoopedSound(conformance_host.voice, 300.0))
    expected = int(np.abs(speech.samples(0.0, 300.0).samples).sum()) % 256
    face = conformance_host.photo(generator.card.crop.layout, 1)
    with generator.start(speech, face, Options(), Device()) as take:
        assert next(iter(take.render([1.0]))).pixels[0, 0, 0] == expected


def test_two_takes_and_windows_are_read_in_turns(scene, toy):
    with scene.take(toy, SIMPLE) as one, scene.take(toy, replace(SIMPLE, seed=1)) as other:
        expected = [list(one.render(TIMES)), list(other.render(TIMES))]
        mixed: list[list[Any]] = [[], []]
        for a, b in zip(one.render(TIMES), other.render(TIMES), strict=True):
            mixed[0].append(a)
            mixed[1].append(b)
            assert len(list(islice(one.render(TIMES[3:]), 1))) == 1
    for plain, turns in zip(expected, mixed, strict=True):
        assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(plain, turns, strict=True))


def test_errors_of_the_contract_keep_their_class(scene, tmp_path, conformance_host):
    more = """
    from talkface_studio.api.errors import OptionError, WeightsError
    class Refuses(Model):
        def start(self, speech, face, options, device):
            if options.seed == 1:
                raise WeightsError("no weights")
            if options.seed == 2:
                speech.features("no-such-encoder", 0, 1)
            raise OptionError("no option")
    Model = Refuses
    """
    generator = scene.generator(write_plugin(tmp_path, more=more))
    for seed, kind, text in (
        (1, WeightsError, "no weights"),
        (2, SpeechError, "no-such-encoder"),
        (0, OptionError, "no option"),
    ):
        with pytest.raises(kind, match=f"^plugin well-behaved 1.0: .*{text}"):
            scene.frames(generator, Options(seed=seed))


CRASHES_ONCE = """
class Once(Performance):
    def made(self, crop, time, loud):
        import os
        if os.path.exists({flag!r}):
            os._exit(1)
        return super().made(crop, time, loud)
Performance = Once
"""


def test_a_take_goes_on_in_another_process_but_not_without_end(scene, tmp_path):
    flag = tmp_path / "flag"
    installed = write_plugin(
        tmp_path / "plugin", more=CRASHES_ONCE.format(flag=str(flag / "now")), folders=(str(flag),)
    )
    flag.mkdir()
    generator = scene.generator(installed, replace(QUICK, restarts=2, restarts_within=3600))
    with scene.take(generator) as take:
        first = list(take.render(TIMES))
        for _ in range(2):
            (flag / "now").touch()
            with pytest.raises(
                PluginError, match=r"ended with code 1 while it rendered .*; try again, or choose another model"
            ):
                list(take.render(TIMES))
            (flag / "now").unlink()
            again = list(take.render(TIMES))
            assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, again, strict=True))
        (flag / "now").touch()
        with pytest.raises(PluginError):
            list(take.render(TIMES))
        with pytest.raises(PluginError, match="ended 3 times within 3600 s and is not started again"):
            list(take.render(TIMES))


def test_a_cancelled_start_ends_at_once(scene, tmp_path):
    more = """
    from talkface_studio.api.errors import JobCancelledError
    class Slow(Model):
        def start(self, speech, face, options, device):
            import time
            while not (options.seed == 0 and options.cancelled()):
                time.sleep(0.01)
            raise JobCancelledError("stopped by the plugin")
    Model = Slow
    """
    generator = scene.generator(write_plugin(tmp_path, more=more))
    with pytest.raises(JobCancelledError, match="stopped by the plugin"):
        scene.frames(generator, Options(cancelled=lambda: True))
    with pytest.raises(JobCancelledError, match="cancelled"):
        scene.frames(generator, Options(seed=1, cancelled=lambda: True))


WHEEL_USER = (
    """
import number_library
from talkface_studio.api.errors import PluginError
if number_library.VERSION != {version}:
    raise PluginError(f"needs version {version}, found {{number_library.VERSION}}")
"""
    + GENERATOR
    + """
class Brightens(Performance):
    def made(self, crop, time, loud):
        return RenderedFace(crop.pixels // 2 + number_library.VERSION, time)
Performance = Brightens
"""
)


def test_plugins_whose_requirements_contradict_work_side_by_side(scene, tmp_path):
    generators = []
    for name, version in (("first", 1), ("second", 2)):
        installed = write_plugin(tmp_path / name, f"plugin-{name}", source=WHEEL_USER.format(version=version))
        # What installing a wheel of pure Python comes to.
        code = f"VERSION = {version}\n"
        with zipfile.ZipFile(module_wheel(tmp_path / "wheels", "number_library", f"{version}.0", code)) as wheel:
            wheel.extractall(installed.site)
        generators.append(scene.generator(installed))
    with scene.take(generators[0]) as one, scene.take(generators[1]) as other:
        pairs = list(zip(one.render(TIMES), other.render(TIMES), strict=True))
    assert len(pairs) == len(TIMES)
    assert all(np.array_equal(a.pixels + 1, b.pixels) for a, b in pairs)


def test_an_interpreter_that_lacks_what_is_needed_is_named(scene, tmp_path):
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    installed = replace(write_plugin(tmp_path / "plugin"), python=python)
    with pytest.raises(PluginError, match="cannot run plugins: it lacks numpy, pydantic, pluggy"):
        scene.frames(scene.generator(installed))


def test_an_interpreter_of_its_own_gets_the_contract_from_us(scene, tmp_path):
    """What the plugin's requirements would have installed is lent to it here."""
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    site = next((tmp_path / "venv").glob("**/site-packages"))
    for name in ("numpy", "numpy.libs", "pydantic", "pydantic_core", "annotated_types", "typing_inspection", "pluggy"):
        source = Path(sysconfig.get_paths()["purelib"]) / name
        if source.exists():
            (site / name).symlink_to(source)
    (site / "typing_extensions.py").symlink_to(Path(sysconfig.get_paths()["purelib"]) / "typing_extensions.py")
    source = "import sys\nassert 'venv' in sys.executable, sys.executable\n" + GENERATOR
    installed = replace(write_plugin(tmp_path / "plugin", source=source), python=python)
    # The links lead out of what a confined process sees.
    generator = scene.generator(installed, found=Isolation(False, "a test"))
    assert len(scene.frames(generator)) == len(TIMES)


def test_the_environment_is_that_of_nobody(tmp_path):
    own = {"PATH": "/bin", "OMP_NUM_THREADS": "1", "AWS_SECRET_ACCESS_KEY": "x", "PYTHONPATH": "/x", "LC_ALL": "C"}
    made = environment(write_plugin(tmp_path), tmp_path, "mark", own)
    assert made.keys() - {
        "HOME",
        "USERPROFILE",
        "TMPDIR",
        "TEMP",
        "TMP",
        "TORCH_FORCE_WEIGHTS_ONLY_LOAD",
        "MALLOC_ARENA_MAX",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        MARK,
    } == {
        "PATH",
        "OMP_NUM_THREADS",
        "LC_ALL",
    }


def test_a_worker_leaves_half_of_the_cores_to_the_studio_unless_the_user_says_otherwise(tmp_path):
    installed = write_plugin(tmp_path)
    assert environment(installed, tmp_path, "mark", {})["OMP_NUM_THREADS"] == str(half_of_cores())
    assert environment(installed, tmp_path, "mark", {"OMP_NUM_THREADS": "7"})["OMP_NUM_THREADS"] == "7"


def test_only_the_rooms_for_plugins_are_found():
    finder = bootstrap.ContractFinder(Path(talkface_studio.__file__).parent)
    for name in ("talkface_studio", "talkface_studio.api.card", "talkface_studio.nn", "talkface_studio.ipc.slots"):
        assert finder.find_spec(name) is not None
    assert finder.find_spec("numpy") is None
    for name in ("talkface_studio.gui", "talkface_studio.plugin_host.catalog", "talkface_studio.apis"):
        with pytest.raises(ModuleNotFoundError, match="not for plugins"):
            finder.find_spec(name)


def test_a_model_that_the_plugin_lacks_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(PluginError, match="no model 'other'"):
        isolated_generator(write_plugin(tmp_path), "other", WorkerLimits())
