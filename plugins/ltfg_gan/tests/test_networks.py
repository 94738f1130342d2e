from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from talkface_ltfg_gan.config import LtfgConfig, preset
from talkface_ltfg_gan.table import ROWS, table_row
from talkface_ltfg_gan.weights import build_networks
from talkface_studio.nn.flow import shepard_flow


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def size(module: torch.nn.Module) -> int:
    return sum(item.numel() for item in module.parameters())


def names(config: LtfgConfig) -> set[str]:
    with torch.device("meta"):
        networks = build_networks(config)
    return {
        f"{part}.{name}"
        for part, module in (("landmarks", networks.landmark_generator), ("face", networks.face_generator))
        for name, _ in module.named_parameters()
    }


def changed(**values) -> LtfgConfig:
    """The debug preset with another face generator."""
    config = preset("debug")
    return replace(config, face_generator=replace(config.face_generator, **values))


def render(network, inputs):
    face, sketches, speech, points = inputs.frames
    return network(network.encode_references(*inputs.references), face, sketches, speech, points)


def test_networks_have_the_sizes_they_should():
    with torch.device("meta"):
        paper, compact = build_networks(preset("paper")), build_networks(preset("compact"))
    assert size(paper.landmark_generator) == pytest.approx(28e6, rel=0.05)
    assert size(paper.face_generator.alignment) == pytest.approx(8.1e6, rel=0.01)
    # Two bytes each; the shipped weights may take seven megabytes.
    assert 2 * (size(compact.landmark_generator) + size(compact.face_generator)) < 6.9e6


def test_each_row_of_the_table_adds_its_parameters():
    rows = [names(table_row(preset("debug"), row)) for row in ROWS]
    assert {name.split(".")[1] for name in rows[1] ^ rows[0]} == {"speech", "fusion"}
    assert {name.rsplit(".", 1)[0].split(".attention.")[0] for name in rows[2] - rows[1]} == {"face.translation"}
    assert all(name.startswith("face.translation.attention.") for name in rows[2] - rows[1])
    assert all(name.startswith("face.translation.condition_") for name in rows[3] - rows[2])
    assert rows[1] < rows[2] < rows[3]


@pytest.mark.parametrize("row", ROWS)
def test_each_row_learns_with_every_parameter(row, make_inputs):
    config = table_row(preset("debug"), row)
    networks, inputs = build_networks(config), make_inputs(config)
    landmarks = networks.landmark_generator.train()(*inputs.windows)
    assert landmarks.shape == (2, 9, 57, 2)
    face = render(networks.face_generator.train(), inputs)
    assert face.picture.shape == face.warped.shape == (2, 3, 128, 128)
    assert face.flow.shape == (2, 2, 2, 80, 128)
    assert face.confidence.shape == (2, 2, 1, 80, 128)
    (landmarks.square().sum() + face.picture.square().mean() + face.warped.mean()).backward()
    for module in (networks.landmark_generator, networks.face_generator):
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name
            # The analytic flow starts with nothing added, so what leads only there learns from the second step on; a
            # scale of a key that is normalised again has no effect.
            assert bool(parameter.grad.isfinite().all()), name
            assert bool(parameter.grad.abs().sum() > 0), name


@pytest.mark.parametrize(
    "values",
    [
        {"head": "paint"},
        {"analytic_flow": False},
        {"align_corners": False, "outside": "zeros"},
        {"patch": 1},
        {"patch": 4, "attention_pool": 2},
        {"top": 0},
        {"left": 16},
        {"left": 16, "patch": 4, "attention_pool": 2},
        {"patch": 1, "top": 0, "enter_kernel": 7},
        {"sketch_channels": 3, "norm": "batch"},
        {"attention_pool": 1, "condition_kernel": 3, "size": 64, "top": 16},
    ],
)
def test_switches_of_the_face_generator(values, make_inputs):
    config = changed(**values)
    network = build_networks(config).face_generator
    with torch.inference_mode():
        out = render(network, make_inputs(config))
    S = config.face_generator.size
    assert out.picture.shape == (2, 3, S, S)
    assert bool(out.picture.isfinite().all())
    if values.get("head") == "paint":
        assert out.picture.min() >= 0
        assert out.picture.max() <= 1


@pytest.mark.parametrize("row", ["base", "ltfg-gan"])
def test_a_frame_does_not_depend_on_its_batch(row, make_inputs):
    config = table_row(preset("debug"), row)
    networks, inputs = build_networks(config), make_inputs(config)
    with torch.inference_mode():
        both = render(networks.face_generator, inputs)
        inputs.frames = tuple(item[1:] for item in inputs.frames)
        inputs.references = tuple(item[1:] for item in inputs.references)
        alone = render(networks.face_generator, inputs)
        window = networks.landmark_generator(*inputs.windows)
        last = networks.landmark_generator(*(item[1:] for item in inputs.windows))
    for name in alone._fields:
        torch.testing.assert_close(getattr(both, name)[1:], getattr(alone, name), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(window[1:], last, atol=1e-5, rtol=1e-4)


def test_one_set_of_references_serves_many_frames(debug, make_inputs):
    inputs, network = make_inputs(debug.config, B=3), debug.face_generator
    inputs.references = tuple(item[:1] for item in inputs.references)
    with torch.inference_mode():
        shared = render(network, inputs)
        inputs.references = tuple(item.expand(3, *item.shape[1:]) for item in inputs.references)
        repeated = render(network, inputs)
    torch.testing.assert_close(shared.picture, repeated.picture, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(shared.flow, repeated.flow, atol=1e-4, rtol=1e-4)


def test_the_order_of_references_does_not_matter(debug, make_inputs):
    inputs = make_inputs(debug.config, N=3)
    with torch.inference_mode():
        out = debug.landmark_generator(*inputs.windows)
        speech, pose, *references = inputs.windows
        other = debug.landmark_generator(speech, pose, *(item.flip(1) for item in references))
        face = render(debug.face_generator, inputs)
        inputs.references = tuple(item.flip(1) for item in inputs.references)
        flipped = render(debug.face_generator, inputs)
    torch.testing.assert_close(out, other, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(face.picture, flipped.picture, atol=1e-4, rtol=1e-4)


def test_a_fresh_network_shows_the_analytic_warp(debug, make_inputs):
    inputs = make_inputs(debug.config)
    face, sketches, speech, points = inputs.frames
    # Faces that hardly move: random points would ask for flow that leaves the picture.
    targets = inputs.references[2][:, 0] + 0.01 * (points - 0.5)
    inputs.frames = face, sketches, speech, targets
    with torch.inference_mode():
        out = render(debug.face_generator, inputs)
    sources = inputs.references[2] * 128
    known = shepard_flow(sources, targets * 128, 128, grid=16)
    torch.testing.assert_close(out.flow, known[..., 48:, :])
    torch.testing.assert_close(known[:, 1], shepard_flow(sources[:, 1], targets * 128, 128, grid=16))


def test_references_stay_where_nothing_moves(make_inputs):
    """Without flow, sampling gives the pictures back; the authors' sampling shifts them instead."""
    shown = {}
    for align_corners in (True, False):
        config = changed(align_corners=align_corners, outside="border")
        inputs = make_inputs(config, N=1)
        inputs.frames = (*inputs.frames[:3], inputs.references[2][:, 0])
        network = build_networks(config).face_generator
        with torch.inference_mode():
            change = render(network, inputs).warped - inputs.references[0][:, 0]
            shown[align_corners] = change[:, :, 48:].abs().max()
    assert shown[True] < 1e-3
    assert shown[False] > 0.05


@pytest.mark.parametrize("patch", [1, 2, 4])
def test_flow_is_in_pixels_whatever_a_position_covers(patch, make_inputs):
    config = changed(patch=patch, attention_pool=2, analytic_flow=False)
    inputs = make_inputs(config, N=1)
    network = build_networks(config).face_generator
    torch.nn.init.zeros_(network.alignment.confidence[-2].weight)
    torch.nn.init.zeros_(network.alignment.flow.weight)
    network.alignment.flow.bias.data = torch.tensor([8.0, 4.0])
    with torch.inference_mode():
        known = network.encode_references(*inputs.references).encoded
        window = F.pixel_unshuffle(inputs.frames[1].flatten(1, 2)[:, :, 48:], patch)
        aligned = network.alignment(known, window, None)
    for got, whole, side in (
        (aligned.picture, known.pictures[:, 0], 1),
        (aligned.fine, known.fine[:, 0], patch),
    ):
        right, down, top = 8 // side, 4 // side, 48 // side
        torch.testing.assert_close(got[..., :-down, :-right], whole[..., top + down :, right:], atol=1e-3, rtol=1e-3)


def test_only_the_upper_half_of_the_frame_is_seen(debug, make_inputs):
    inputs = make_inputs(debug.config)
    with torch.inference_mode():
        first = render(debug.face_generator, inputs)
        for row, same in ((64, True), (63, False)):
            face = inputs.frames[0].clone()
            face[:, :, row:] = 0.5
            other = make_inputs(debug.config)
            other.frames = (face, *inputs.frames[1:])
            assert torch.equal(render(debug.face_generator, other).picture, first.picture) is same


def test_points_are_needed_for_the_analytic_flow(debug, make_inputs):
    inputs, network = make_inputs(debug.config), debug.face_generator
    with pytest.raises(ValueError, match="the references' landmarks"):
        network.encode_references(*inputs.references[:2])
    with pytest.raises(ValueError, match="the frames' landmarks"):
        network(network.encode_references(*inputs.references), *inputs.frames[:3])


def test_displacements_start_from_the_references_mean(debug, make_inputs):
    inputs, network = make_inputs(debug.config), debug.landmark_generator
    for head in (network.lips, network.jaw):
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    with torch.inference_mode():
        out = network(*inputs.windows)
    torch.testing.assert_close(out, inputs.windows[3].mean(dim=1, keepdim=True).expand(-1, 9, -1, -1))


def test_noise_and_dropout_act_in_training_only(debug, make_inputs):
    speech, front = make_inputs(debug.config).frames[2], debug.face_generator.speech
    assert not torch.equal(front.train()(speech), front(speech))
    assert torch.equal(front.eval()(speech), front(speech))


def test_bfloat16_stays_close(debug, make_inputs):
    inputs = make_inputs(debug.config)
    with torch.inference_mode():
        exact = render(debug.face_generator, inputs)
        with torch.autocast("cpu", torch.bfloat16):
            fast = render(debug.face_generator, inputs)
    assert fast.picture.dtype == torch.float32
    # Pictures of noise show every difference in flow and confidence at its largest.
    assert (fast.picture - exact.picture).abs().mean() < 0.04


def test_references_can_be_chosen_for_each_frame(debug, make_inputs):
    inputs, network = make_inputs(debug.config, N=3), debug.face_generator
    inputs.references = tuple(item[:1] for item in inputs.references)
    with torch.inference_mode():
        known = network.encode_references(*inputs.references)
        chosen = network(known.chosen(torch.tensor([[2, 0], [1, 1]])), *inputs.frames)
        one = network(known.chosen(torch.tensor([[2], [1]])), *inputs.frames)
        off = network(
            known.chosen(torch.tensor([[2, 0], [1, 1]])), *inputs.frames, weights=torch.eye(2)[:1].expand(2, 2)
        )
    # The same reference twice is that reference, and one that counts nothing is none.
    torch.testing.assert_close(chosen.picture[1], one.picture[1], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(off.picture[0], one.picture[0], atol=1e-4, rtol=1e-4)


def test_rows_above_the_first_one_are_the_frame_itself(debug, make_inputs):
    inputs = make_inputs(debug.config)
    with torch.inference_mode():
        out = render(debug.face_generator, inputs)
    assert torch.equal(out.picture[:, :, :48], inputs.frames[0][:, :, :48])
    assert not torch.equal(out.picture[:, :, 48:], inputs.frames[0][:, :, 48:])
