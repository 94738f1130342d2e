"""The model `ip-lap`: the authors' checkpoints, converted, through the same generator."""

from pathlib import Path

import numpy as np

import talkface_ltfg_gan
from talkface_ltfg_gan.generator import LtfgGenerator
from talkface_ltfg_gan.table import published_config
from talkface_ltfg_gan.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.values import Device, Options
from talkface_studio.plugin_host.catalog import load_catalog


def test_the_card_names_the_converter_and_no_bundled_weights():
    catalog = load_catalog()
    card = catalog.card("ip-lap")
    assert catalog.converter("ip-lap").__module__ == "talkface_ltfg_gan.convert"
    assert card.presets == ("paper",)
    assert not any(file.bundled for file in card.weights)


def test_converted_checkpoints_dub_a_frame(converted_weights, make_face, tone):
    """The tensors stand in for the authors' and mean nothing; but sizes, sketches, sampling and speech must fit."""
    assert load_networks(converted_weights).config == published_config()
    card = ModelCard.load(Path(talkface_ltfg_gan.__file__).parent / "plugin.toml", "ip-lap")
    options = Options(values=card.parse_options({}), preset="paper", weights={"networks": converted_weights})
    generator, face = LtfgGenerator(card), make_face(references=2)
    with generator.start(tone, face, options, Device()) as take:
        frame = next(iter(take.render([2.0])))
    generator.close()
    assert frame.pixels.shape == (128, 128, 3)
    assert frame.landmarks.shape == (57, 2)
    assert np.isfinite(frame.landmarks).all()
