import numpy as np

from talkface_ltfg_gan.reference_choice import FEW, likeness, mouths_about, nearest_references, shown_of


def mouths(*openings: float) -> np.ndarray:
    """Mouths that differ in one number."""
    content = np.zeros((len(openings), 57, 2), np.float32)
    content[:, 40, 1] = openings
    return content


def test_the_nearest_come_first_and_the_farther_count_less() -> None:
    chosen, weights = nearest_references(mouths(0.1), mouths(0.5, 0.2, 0.0, 0.12), 2)
    np.testing.assert_array_equal(chosen, [[3, 1]])
    # The first that is left out and the second are equally far away.
    np.testing.assert_allclose(weights, [[1, 0]], atol=1e-5)
    _, weights = nearest_references(mouths(0.16), mouths(0.5, 0.2, 0.0, 0.12), 2)
    np.testing.assert_allclose(weights, [[1, 1]], atol=1e-4)


def test_weights_have_no_jumps() -> None:
    known = mouths(0.0, 0.3, 0.37, 0.8, 0.95)
    wanted = np.linspace(-0.1, 1.1, 2401)
    chosen, weights = nearest_references(mouths(*wanted), known, 2)
    dense = np.zeros((len(wanted), 5))
    np.put_along_axis(dense, chosen, weights, axis=1)
    share = dense / dense.sum(axis=1, keepdims=True)
    assert np.abs(np.diff(share, axis=0)).max() < 0.02


def test_with_few_references_some_count_nothing() -> None:
    chosen, weights = nearest_references(mouths(0.1, 0.9), mouths(0.5), 2)
    np.testing.assert_array_equal(chosen, 0)
    np.testing.assert_allclose(weights, [[1, 0], [1, 0]])
    chosen, weights = nearest_references(mouths(0.1), mouths(0.1, 0.1), 2)
    assert sorted(chosen[0]) == [0, 1]
    assert weights[0, 0] == 1


def test_of_two_alike_mouths_that_of_the_same_pose_is_nearer() -> None:
    pose = np.zeros((2, 74, 2), np.float32)
    pose[1, :, 0] = 0.05
    known = likeness(mouths(0.1, 0.12), pose)
    for wanted, first in ((pose[:1], 0), (pose[1:], 1)):
        chosen, _ = nearest_references(likeness(mouths(0.11), wanted), known, 1)
        assert chosen.tolist() == [[first]]


def test_of_many_references_more_are_shown() -> None:
    assert [shown_of(count) for count in (1, FEW, FEW + 1, 48)] == [2, 2, 3, 3]


def test_a_mouth_that_closes_for_a_single_frame_does_not_choose_alone() -> None:
    # One closed frame, and a mouth that opens wider for good.
    openings = np.array([0.4, 0.4, 0.4, 0.4, 0.0, 0.4, 0.4, 0.8, 0.8, 0.8])
    nearby = np.stack([mouths(*openings[frame - 1 : frame + 2]) for frame in range(1, 9)])
    about = mouths_about(nearby)
    np.testing.assert_allclose(about[:, 40, 1], [0.4, 0.4, 0.3, 0.2, 0.3, 0.5, 0.7, 0.8], atol=1e-6)
    assert about.dtype == np.float32
    known = likeness(mouths(0.0, 0.35, 0.7), np.zeros((3, 74, 2), np.float32))
    chosen, _ = nearest_references(likeness(about, np.zeros((8, 74, 2), np.float32)), known, 1)
    assert chosen[:, 0].tolist() == [1, 1, 1, 1, 1, 1, 2, 2]
