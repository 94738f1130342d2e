import numpy as np
import pytest

from talkface_atvg.normalise import MOUTH, ClipNormaliser
from talkface_atvg.template import lip_gap, make_template, mirror_partners, mirrored, template
from talkface_studio.api.errors import WeightsError
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.nn.head import EYE_CORNERS, fit_similarity

METHODS = ["thesis", "eskimez", "atvg", "box"]


def turned(degrees_x, degrees_y, degrees_z):
    x, y, z = np.radians([degrees_x, degrees_y, degrees_z])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def speaking(canonical, gaps, *, mouth=1.0):
    """Canonical meshes of a person whose lips open by `gaps` and whose mouth is `mouth` times the template's."""
    meshes = np.repeat(canonical.mesh[None].astype(np.float64), len(gaps), axis=0)
    points = meshes[:, IBUG68, :2]
    centre = points[:, MOUTH].mean(axis=1, keepdims=True)
    points[:, MOUTH] = centre + (points[:, MOUTH] - centre) * mouth
    scale = np.ones((68, 1))
    scale[MOUTH] = mouth
    meshes[:, IBUG68, :2] = points + np.asarray(gaps)[:, None, None] * canonical.opening * scale
    return meshes


def filmed(meshes, *, seed=0, degrees=8.0):
    """The meshes in crop pixels under a moving head; 0 degrees keep it still."""
    rng = np.random.default_rng(seed)
    wander = float(degrees > 0)
    frames = [
        (mesh - mesh.mean(axis=0))
        @ turned(*rng.uniform(-degrees, degrees, 3)).T
        * 128
        * (1 + wander * rng.uniform(-0.1, 0.1))
        + [64, 64, 0]
        + wander * rng.uniform(-5, 5, 3)
        for mesh in meshes
    ]
    return np.stack(frames).astype(np.float32)


GAPS = np.maximum(np.sin(np.arange(40) * 0.4), 0) * 0.08


def test_template_has_its_eyes_in_place_and_its_lips_closed(canonical):
    np.testing.assert_allclose(canonical.mean[[36, 45]], EYE_CORNERS, atol=1e-6)
    assert lip_gap(canonical.mean) < 0.01
    assert canonical.mean[8, 1] == canonical.mean[:, 1].max()
    # Inner lips part by as much as the gap grows, most of it downwards; the eyes do not take part.
    assert canonical.opening[66, 1] - canonical.opening[62, 1] == pytest.approx(1, abs=0.05)
    assert np.abs(canonical.opening[36:48]).max() < 0.15


def test_template_is_symmetric(canonical):
    mesh = canonical.mesh.astype(np.float64)
    partner = mirror_partners(mesh)
    np.testing.assert_array_equal(partner[partner], np.arange(478))
    np.testing.assert_allclose(mirrored(mesh)[partner], mesh, atol=1e-6)


def test_make_template_recovers_the_face(canonical):
    clips = [filmed(speaking(canonical, GAPS), seed=seed) for seed in (1, 2)]
    made = make_template(clips, ["a", "b"])
    np.testing.assert_allclose(made.mean, canonical.mean, atol=0.003)
    np.testing.assert_allclose(made.opening, canonical.opening, atol=0.03)
    with pytest.raises(ValueError, match="one speaker"):
        make_template(clips, ["a"])


def test_template_file(canonical, tmp_path):
    canonical.save(tmp_path / "t.npz")
    np.testing.assert_array_equal(template(tmp_path / "t.npz").mesh, canonical.mesh)
    (tmp_path / "t.npz").write_bytes(b"no")
    with pytest.raises(WeightsError, match=r"t\.npz: not a readable landmark template"):
        template(tmp_path / "t.npz")
    np.savez(tmp_path / "t.npz", mesh=np.zeros((3, 3)), opening=np.zeros((68, 2)))
    with pytest.raises(WeightsError, match="shapes"):
        template(tmp_path / "t.npz")


def test_similarity_is_found_and_mirrors_are_not():
    rng = np.random.default_rng(0)
    points, turn = rng.normal(size=(12, 3)), turned(20, -30, 40)
    target = 2.5 * points @ turn.T + [1, 2, 3]
    move = fit_similarity(points[None], target)
    np.testing.assert_allclose(move(points[None])[0], target, atol=1e-9)
    np.testing.assert_allclose(move.rotation[0], turn, atol=1e-9)
    assert np.linalg.det(fit_similarity(points[None], target * [-1, 1, 1]).rotation[0]) == pytest.approx(1)


@pytest.mark.parametrize("mouth", [0.85, 1.0, 1.2])
def test_thesis_makes_every_speaker_the_same(canonical, mouth):
    """Whatever the head does and however large the mouth is, what remains is the template's own motion."""
    clip = filmed(speaking(canonical, GAPS, mouth=mouth))
    found = ClipNormaliser.fit(clip).normalise(clip)
    expected = canonical.mean + GAPS[:, None, None] * canonical.opening
    np.testing.assert_allclose(found[:, MOUTH], expected[:, MOUTH], atol=0.004)
    gaps = lip_gap(found)
    assert np.corrcoef(gaps, GAPS)[0, 1] > 0.999


def test_thesis_does_not_see_the_head_move(canonical):
    clip = filmed(speaking(canonical, np.zeros(30)))
    found = ClipNormaliser.fit(clip).normalise(clip)
    assert found.std(axis=0).max() < 1e-3
    others = {name: ClipNormaliser.fit(clip, name).normalise(clip).std(axis=0).max() for name in ("eskimez", "atvg")}
    assert min(others.values()) > 3e-3


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_motion_and_gives_it_back(canonical, method):
    clip = filmed(speaking(canonical, GAPS), degrees=0.0)
    normaliser = ClipNormaliser.fit(clip, method)
    found = normaliser.normalise(clip)
    assert found.shape == (40, 68, 2)
    assert found.dtype == np.float32
    assert np.corrcoef(lip_gap(found), GAPS)[0, 1] > 0.99
    widest = int(GAPS.argmax())
    moved = normaliser.to_pixels(clip[0], found[widest] - found[0])
    goal = clip[widest, IBUG68, :2] - clip[widest, IBUG68[27:31], :2].mean(axis=0)
    start = moved - clip[0, IBUG68[27:31], :2].mean(axis=0)
    scale = np.ptp(clip[0, IBUG68[[36, 45]], 0]) / np.ptp(clip[widest, IBUG68[[36, 45]], 0])
    # Procrustes over all points moves and shrinks the face a little as its jaw drops.
    assert np.abs(start[MOUTH] - goal[MOUTH] * scale).max() < (2.5 if method == "atvg" else 0.5)
    np.testing.assert_allclose(normaliser.to_pixels(clip[3], found[3] * 0), clip[3, IBUG68, :2], atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_anchors(canonical, method):
    """The frame that each method takes for neutral lies on its mean."""
    clip = filmed(speaking(canonical, GAPS + 0.001), degrees=0.0)
    normaliser = ClipNormaliser.fit(clip, method)
    anchor = {"thesis": int(GAPS.argmin()), "box": int(GAPS.argmin()), "eskimez": 0, "atvg": -1}[method]
    np.testing.assert_allclose(
        normaliser.normalise(clip)[anchor], normaliser.mean, atol=0.03 if method == "box" else 0.01
    )
    if method in {"eskimez", "atvg"}:
        np.testing.assert_allclose(normaliser.normalise(clip)[anchor], normaliser.mean, atol=1e-6)


def test_box_is_the_unit_square(canonical):
    normaliser = ClipNormaliser.fit(filmed(speaking(canonical, GAPS)), "box")
    np.testing.assert_allclose(normaliser.mean.min(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(normaliser.mean.max(axis=0), 1, atol=1e-9)


@pytest.mark.parametrize("gap", [0.0, 0.03, 0.08])
def test_photo_keeps_the_opening_of_its_mouth(canonical, gap):
    """A single picture with open lips is not taken for neutral."""
    photo = filmed(speaking(canonical, [gap]), seed=4)[0]
    found = ClipNormaliser.from_photo(photo).normalise(photo[None])[0]
    np.testing.assert_allclose(found, canonical.mean + gap * canonical.opening, atol=0.01)


def test_smile_is_not_taken_for_a_wide_mouth(canonical):
    mesh = speaking(canonical, [0.0])
    lips = IBUG68[MOUTH]
    mesh[:, lips, 0] = 0.5 + (mesh[:, lips, 0] - 0.5) * 1.3
    photo = filmed(mesh, degrees=0.0)[0]
    found = ClipNormaliser.from_photo(photo).normalise(photo[None])[0]
    assert np.ptp(found[MOUTH, 0]) > 1.1 * np.ptp(canonical.mean[MOUTH, 0])
    # A mouth that is a little wider than the template's is the person's own.
    mesh = speaking(canonical, [0.0], mouth=1.04)
    photo = filmed(mesh, degrees=0.0)[0]
    found = ClipNormaliser.from_photo(photo).normalise(photo[None])[0]
    np.testing.assert_allclose(found, canonical.mean, atol=0.002)
