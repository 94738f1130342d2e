"""Rules about inputs: what the card promises is taken, everything else is refused in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api import API_VERSION
from talkface_studio.api.card import OptionSpec, OptionValue
from talkface_studio.api.errors import OptionError, PluginError, WeightsError
from talkface_studio.api.testing.checks import assert_same, check_frames
from talkface_studio.api.testing.material import Host, regular_times
from talkface_studio.api.testing.suite import GeneratorSuite
from talkface_studio.api.values import Device, RenderedFace


class InputRules(GeneratorSuite):
    """The card is true, and wrong inputs raise the documented errors."""

    def test_card_describes_the_model(self, conformance_host: Host) -> None:
        """The card is complete enough to offer the model and to check its weights."""
        generator = self.create(conformance_host)
        card = generator.card
        generator.close()
        assert card.api_version == API_VERSION, "the card names another version of the contract"
        assert card.gives == "video", "a Generator gives video; portraits come from a PortraitGenerator"
        assert card.takes, "the card takes no inputs"
        assert all("speech" in inputs for inputs in card.takes), "every combination of inputs contains speech"
        assert self.preset in card.presets, f"the card has no preset {self.preset}"
        unhashed = [weight.name for weight in card.weights if weight.bundled and weight.sha256 is None]
        assert not unhashed, f"bundled weights without SHA-256: {', '.join(unhashed)}"

    def test_missing_face_is_refused(self, conformance_host: Host) -> None:
        """A model that needs a face says so in one line."""
        if self.card(conformance_host).accepts(frozenset({"speech"})):
            return
        generator = self.create(conformance_host)
        with pytest.raises(PluginError) as caught:
            generator.start(self.voice(conformance_host), None, self.options(conformance_host), Device())
        assert "\n" not in str(caught.value)
        generator.close()

    def test_wrong_weights_are_refused(self, conformance_host: Host, tmp_path: Path) -> None:
        """Weights that are missing, damaged, or of another network."""
        options = self.options(conformance_host)
        damaged, empty = tmp_path / "damaged.safetensors", tmp_path / "empty.safetensors"
        damaged.write_bytes(b"these are no weights" * 10)
        empty.write_bytes((2).to_bytes(8, "little") + b"{}")
        face = self.faces(conformance_host)[0][1]
        for name in options.weights:
            others = {key: path for key, path in options.weights.items() if key != name}
            for weights in (others, others | {name: damaged}, others | {name: empty}):
                generator = self.create(conformance_host)
                with pytest.raises(WeightsError) as caught:
                    generator.start(
                        self.voice(conformance_host), face, replace(options, weights=weights), Device()
                    ).close()
                assert "\n" not in str(caught.value)
                generator.close()

    def test_options_are_validated(self, conformance_host: Host) -> None:
        """The card refuses what it does not allow, and the model runs with everything that it allows."""
        card = self.card(conformance_host)
        with pytest.raises(OptionError):
            card.parse_options({"no_such_option": 1})
        name, face = self.faces(conformance_host)[0]
        times = [1.0, 1.04]
        for spec in card.options:
            for wrong in _refused_values(spec):
                with pytest.raises(OptionError):
                    card.parse_options({spec.name: wrong})
            for value in _extreme_values(spec):
                with self.take(conformance_host, face, given={spec.name: value}) as take:
                    frames = list(take.render(times))
                check_frames(frames, times, self.size(conformance_host), f"{spec.name}={value}, {name}")

    def test_cache_changes_no_frame(self, conformance_host: Host, tmp_path: Path) -> None:
        """The same frames without a cache, with an empty, a filled and a damaged one."""
        face, times = self.faces(conformance_host)[0][1], [1.0, 1.04]
        plain = self.options(conformance_host, self.cached)
        folder = tmp_path / "cache" / "not" / "yet"
        options = replace(plain, cache=folder)
        runs: list[list[RenderedFace]] = []
        for asked in (plain, options, options, options):
            generator = self.create(conformance_host)
            with generator.start(self.voice(conformance_host), face, asked, Device()) as take:
                runs.append(list(take.render(times)))
            generator.close()
            if len(runs) == 3:
                for path in folder.rglob("*"):
                    if path.is_file():
                        path.write_bytes(path.read_bytes()[:-9])
        for frames, cache in zip(runs[1:], ("an empty", "a filled", "a damaged"), strict=True):
            assert_same(runs[0], frames, f"no cache and {cache} one")
        kept = any(path.is_file() for path in folder.rglob("*"))
        assert kept or not self.cached, f"nothing was kept with {dict(self.cached)}"

    def test_inputs_are_left_alone(self, conformance_host: Host) -> None:
        """Arrays inside a value belong to it: the references and crops are not written into."""
        for name, face in self.faces(conformance_host):
            if face is None:
                continue
            before = [(crop.pixels.copy(), crop.landmarks.copy(), crop.matrix.copy()) for crop in face.references]
            with self.take(conformance_host, face) as take:
                list(take.render(regular_times(25, 1.0, 1.2)))
            for crop, (pixels, landmarks, matrix) in zip(face.references, before, strict=True):
                same = (
                    np.array_equal(crop.pixels, pixels)
                    and np.array_equal(crop.landmarks, landmarks)
                    and np.array_equal(crop.matrix, matrix)
                )
                assert same, f"the model wrote into a crop that it was given ({name})"


def _extreme_values(spec: OptionSpec) -> Sequence[OptionValue]:
    if spec.kind == "boolean":
        return (True, False)
    if spec.kind == "choice":
        return spec.choices
    bounds = [bound for bound in (spec.minimum, spec.maximum) if bound is not None]
    return [int(bound) if spec.kind == "integer" else bound for bound in bounds]


def _refused_values(spec: OptionSpec) -> Iterable[OptionValue]:
    yield "no such value"
    if spec.minimum is not None:
        yield spec.minimum - 1
    if spec.maximum is not None:
        yield spec.maximum + 1
