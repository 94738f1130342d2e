import numpy as np
import torch


def size(module: torch.nn.Module) -> int:
    return sum(item.numel() for item in module.parameters())


def test_landmark_generator_computes_what_the_published_one_computes(reference, converted):
    mel = (reference.image("mels", (1, 5, 1, 80, 16)) * 8 - 4)[:, :, 0].transpose(2, 3)
    points = (
        reference.image(name, shape).transpose(2, 3)
        for name, shape in (("pose", (1, 5, 2, 74)), ("nl_pose", (1, 15, 2, 74)), ("nl_content", (1, 15, 2, 57)))
    )
    with torch.inference_mode():
        out = converted.landmark_generator(mel, *points)
    np.testing.assert_allclose(out[0].transpose(1, 2).numpy(), reference.golden["landmarks"], atol=1e-4)


def test_face_generator_computes_what_the_published_one_computes(reference, converted):
    network = converted.face_generator
    with torch.inference_mode():
        references = network.encode_references(
            reference.image("ref", (1, 3, 3, 128, 128)), reference.image("ref_sketch", (1, 3, 3, 128, 128))
        )
        out = network(
            references,
            reference.image("face", (1, 1, 3, 128, 128))[0],
            reference.image("sketches", (1, 5, 3, 128, 128)),
            (reference.image("mel", (1, 1, 1, 80, 16)) * 8 - 4)[:, 0, 0].transpose(1, 2),
        )
    np.testing.assert_allclose(out.warped.numpy(), reference.golden["warped"], atol=1e-4)
    np.testing.assert_allclose(out.picture.numpy(), reference.golden["generated"], atol=1e-4)


def test_converted_networks_have_the_published_sizes(converted, reference):
    """Biases that a norm takes off again are folded into it; a table row for padding is dropped."""
    for module, name in ((converted.landmark_generator, "landmark_generator"), (converted.face_generator, "renderer")):
        theirs = sum(
            int(np.prod(shape))
            for key, shape in reference.shapes[name].items()
            if not key.endswith((".pe", "running_mean", "running_var", "num_batches_tracked"))
        )
        assert 0.999 < size(module) / theirs <= 1
