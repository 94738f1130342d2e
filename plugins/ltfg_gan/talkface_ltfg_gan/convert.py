"""IP_LAP's checkpoints to the base row of the `paper` preset.

Landmark generator and renderer come as two pickled files (`landmarkgenerator_checkpoint.pth`,
`renderer_checkpoint.pth`), which torch reads with `weights_only=True`, so that no code in them runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from talkface_ltfg_gan.table import published_config
from talkface_ltfg_gan.weights import build_networks, save_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.checkpoints import load_renamed, read_checkpoint

_EXAMPLES = {
    "landmark generator": "landmarkgenerator_checkpoint.pth",
    "renderer": "renderer_checkpoint.pth",
}
# What the authors' networks hold beside their parameters: a table of sinusoids, and the loss.
_UNUSED = ("fusion_transformer.position_v.pe", "fusion_transformer.position_a.pe", "perceptual.")


def _ladder(ours: str, theirs: str, count: int, plain: set[int]) -> dict[str, str]:
    """A sequence of `count` convolutions with norms; those that are not `plain` are residual."""
    return {f"{ours}.{i}{'' if i in plain else '.block'}": f"{theirs}.{i}.conv_block" for i in range(count)}


def _mel(ours: str, theirs: str) -> dict[str, str]:
    return _ladder(ours, theirs, 13, {0, 3, 6, 9, 11, 12})


def _block(ours: str, theirs: str, layer: str, parts: tuple[str, str, str]) -> dict[str, str]:
    names = {f"{ours}.conv_first": f"{theirs}.conv_1", f"{ours}.conv_second": f"{theirs}.conv_2"}
    for i, part in enumerate(("first", "second"), start=1):
        for mine, other in zip(("shared", "scale", "shift"), parts, strict=True):
            names[f"{ours}.{part}.{mine}"] = f"{theirs}.{layer}_{i}.{other}"
    return names


def _spade(ours: str, theirs: str) -> dict[str, str]:
    return _block(ours, theirs, "spade_layer", ("conv1", "gamma", "beta"))


def _adain(ours: str, theirs: str) -> dict[str, str]:
    return _block(ours, theirs, "adain_layer", ("mlp_shared.0", "mlp_gamma", "mlp_beta"))


def _enter(ours: str, theirs: str) -> dict[str, str]:
    return {
        f"{ours}.enter_{size}.{place}": f"{theirs}.conv{i}{norm}"
        for i, size in enumerate(("fine", "coarse"), start=1)
        for place, norm in ((0, ""), (1, "_bn"))
    }


# Our prefix of a tensor's name, and the authors'.
_LANDMARK_GENERATOR = {
    **_mel("speech.convolutions", "mel_encoder"),
    **_ladder("pose.body", "pose_encoder", 21, {0, 1, 4, 7, 10, 13, 16, 19}),
    **_ladder("reference.body", "ref_encoder", 20, {0, 1, 4, 7, 10, 13, 16, 18, 19}),
    "norm": "Norm",
    "modality": "fusion_transformer.modality.weight",
    "fusion": "fusion_transformer.transformer_encoder",
    "lips": "mouse_keypoint_map",
    "jaw": "jaw_keypoint_map",
}
_FACE_GENERATOR = {
    **_enter("alignment", "flow_module"),
    **_spade("alignment.first", "flow_module.spade_layer_1"),
    **_spade("alignment.second", "flow_module.spade_layer_2"),
    **_spade("alignment.last", "flow_module.spade_layer_4"),
    "alignment.flow": "flow_module.conv_4",
    "alignment.confidence": "flow_module.conv_5",
    **_mel("speech.convolutions", "translation.audio_encoder"),
    **_enter("translation", "translation"),
    **_spade("translation.by_coarse", "translation.spade_1"),
    **_adain("translation.by_speech_coarse", "translation.adain_1"),
    **_spade("translation.by_fine", "translation.spade_2"),
    **_adain("translation.by_speech_fine", "translation.adain_2"),
    **_spade("translation.by_picture", "translation.spade_4"),
    "translation.leave": "translation.conv_last",
}


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Write `output` (safetensors, float32) from the authors' two `.pth` files, in any order.

    Raises:
        WeightsError: a file cannot be read, is neither network, or a tensor is missing or of the wrong shape; or the
            output cannot be written.
    """
    found: dict[str, tuple[Path, dict[str, Tensor]]] = {}
    for path in checkpoints:
        tensors = read_checkpoint(path)
        kind = _kind(path, tensors)
        if kind in found:
            raise WeightsError(f"{path}: a second {kind} (the first is {found[kind][0].name}); give one of each")
        found[kind] = path, tensors
    for kind, example in _EXAMPLES.items():
        if kind not in found:
            raise WeightsError(f"no {kind} checkpoint was given; add the authors' file, for example {example}")
    networks = build_networks(published_config())
    for kind, module, names in (
        ("landmark generator", networks.landmark_generator, _LANDMARK_GENERATOR),
        ("renderer", networks.face_generator, _FACE_GENERATOR),
    ):
        path, tensors = found[kind]
        load_renamed(module, _prepared(tensors), names, origin=str(path))
    save_networks(output, networks, half=False)


def _kind(path: Path, tensors: Mapping[str, Tensor]) -> str:
    if any(name.startswith("mouse_keypoint_map.") for name in tensors):
        return "landmark generator"
    if any(name.startswith("flow_module.") for name in tensors):
        return "renderer"
    raise WeightsError(
        f"{path}: neither IP_LAP's landmark generator nor its renderer (its first tensor is {next(iter(tensors))})"
    )


def _prepared(theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that our networks have, without what is unused."""
    tensors = {name: value for name, value in theirs.items() if not name.startswith(_UNUSED)}
    modality = tensors.get("fusion_transformer.modality.weight")
    if modality is not None and modality.shape[0] == 4:
        # Row 0 of their table stands for padding, which there is none of.
        tensors["fusion_transformer.modality.weight"] = modality[1:]
    for mean in [name for name in tensors if name.endswith(".running_mean")]:
        _fold_bias(tensors, mean)
    return tensors


def _fold_bias(tensors: dict[str, Tensor], mean: str) -> None:
    """A convolution's bias before a batch norm only shifts what the norm takes off, so ours have none."""
    norm = mean.removesuffix(".running_mean")
    convolution = norm.removesuffix("_bn") if norm.endswith("_bn") else f"{norm.removesuffix('.1')}.0"
    bias = tensors.get(f"{convolution}.bias")
    if bias is not None and bias.shape == tensors[mean].shape:
        del tensors[f"{convolution}.bias"]
        tensors[mean] = tensors[mean] - bias
