"""A photo that can be given a pose and an expression: its own pixels, moved at their own resolution.

The head turns as the solid that the mesh's depth describes. From the chin down its motion fades out along the neck;
shoulders follow its shift a little. What moves is a layer of its own before the background, which keeps still.

Dimension letters: S side of the crop, P points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial.transform import Rotation

from talkface_sdm.eye_layers import EYES, EyeLayers
from talkface_sdm.fields import Spread, Window, smooth_step
from talkface_sdm.head_motion import Home, points, poses
from talkface_sdm.matte import Layers, split_layers
from talkface_sdm.mouth_layers import LOWER_POINTS, UPPER_POINTS, MouthLayers
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import ByteArray, FloatArray

MOVED = np.r_[2:15, 17:27, 48, 54]
"""Of iBUG 68: what moves the face's skin as a whole: jaw, brows, corners of the mouth."""
HELD = np.r_[0, 16, 27:48]
"""Of iBUG 68: what does not: temples, nose, eyes."""
SKIN = 0.85
"""How far, in eye distances, skin goes with these."""
NECK = (0.0, 1.15)
"""From where to where below the chin, in eye distances, the head's motion fades out."""
SIDES = (1.7, 2.5)
"""The same to the sides of the head's middle."""
SHOULDERS = 0.16
"""Share of the head's shift that shoulders follow."""
EDGE = 0.35
"""Width, in eye distances, at the crop's border in which all motion fades out."""
MOST_TURN, MOST_SHIFT, MOST_SIZE = np.deg2rad(11.0), 0.22, 0.06
"""Poses are bent towards these bounds: radians, eye distances, logarithm of size."""
EYEBALL = 0.125
"""Radius of an eyeball in eye distances."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What the photo shall do at one instant."""

    motion: FloatArray
    """Pose and points, `(142,)`; see `head_motion`."""
    lips: float = 1.0
    """How far the mouth follows the motion (1) or is as in the photo (0)."""
    closure: float = 0.0
    """Of the eyelids, 0 as in the photo to 1 closed."""
    gaze_hold: float = 1.0
    """How far the eyes keep looking where they look in the photo while the head turns."""


@dataclass(frozen=True, slots=True)
class MovingPhoto:
    """One photo, ready to move."""

    pixels: ByteArray
    mesh: FloatArray
    home: Home
    layers: Layers
    window: Window
    """What may move, with a grid over it."""
    depth: FloatArray
    """Of each knot behind the head's middle, px, `(H, W)`."""
    share: FloatArray
    """How much each knot goes with the head, and with its shift, `(H, W, 2)`."""
    skin: Spread
    mouth: MouthLayers
    eyes: tuple[EyeLayers, ...]

    @classmethod
    def of(cls, pixels: ByteArray, mesh: FloatArray) -> Self:
        """From a crop, uint8 `(S, S, 3)`, and its mesh `(478, 3)`."""
        home = Home.of_photo(mesh)
        unit, side = home.unit, pixels.shape[0]
        ibug = mesh[IBUG68, :2]
        centre = home.centre[:2]
        extent = np.array([SIDES[1], 2.9]) * unit
        low, high = centre - extent, centre + np.array([SIDES[1], 4.2]) * unit
        window = Window.around(low, high, side, max(unit / 18, side / 200))
        knots = window.knots
        share = _shares(knots, mesh, home, side)
        return cls(
            pixels=pixels,
            mesh=mesh,
            home=home,
            layers=_where_it_moves(split_layers(pixels, mesh, unit), pixels, window, share),
            window=window,
            depth=_depth(knots, mesh, home),
            share=share,
            skin=Spread.of(knots, ibug[MOVED], np.concatenate([ibug[HELD], _around(mesh, home)]), SKIN * unit),
            mouth=MouthLayers.of(pixels, mesh, ibug, unit),
            eyes=tuple(EyeLayers.of(pixels, mesh, each, unit) for each in EYES),
        )

    def shown(self, performance: Performance) -> ByteArray:
        """The crop at one instant, uint8 `(S, S, 3)`."""
        pose, moves = self._wanted(performance)
        skull = self._head_field(pose)
        face = skull + self.skin(moves[MOVED]) * self.share[..., :1]
        made = self._layered(face)
        mouth = self.mouth
        ibug = self.mesh[IBUG68, :2]
        lips = np.concatenate([UPPER_POINTS, LOWER_POINTS])
        wanted = self._carried(ibug[lips] + moves[lips], self.mesh[IBUG68[lips], 2], pose)
        made[mouth.window.slices] = mouth.drawn(
            made, self._at(face, mouth.window), self._at(skull, mouth.window), wanted.astype(np.float32)
        )
        turn = Rotation.from_rotvec(pose[:3]).as_matrix()
        # The eyeballs turn back by as much as the head has turned: their front, a radius nearer, moves the other way.
        gaze = -performance.gaze_hold * EYEBALL * self.home.unit * (turn @ np.array([0.0, 0.0, -1.0]))[:2]
        for eye in self.eyes:
            if performance.closure > 0.01 or np.abs(gaze).max() > 0.05:
                made[eye.window.slices] = eye.drawn(
                    made, self._at(face, eye.window), performance.closure, gaze.astype(np.float32)
                )
        return made

    def landmarks(self, performance: Performance) -> FloatArray:
        """Where the 68 landmarks are at one instant, float32 `(68, 2)` in pixels of the crop."""
        pose, moves = self._wanted(performance)
        return self._carried(self.mesh[IBUG68, :2] + moves, self.mesh[IBUG68, 2], pose).astype(np.float32)

    def _wanted(self, performance: Performance) -> tuple[FloatArray, FloatArray]:
        """The pose `(6,)`, within bounds, and the landmarks' moves in the photo's head `(68, 2)` px."""
        pose = poses(performance.motion).copy()
        for part, most in ((slice(0, 3), MOST_TURN), (slice(3, 5), MOST_SHIFT), (slice(5, 6), MOST_SIZE)):
            pose[part] = most * np.tanh(pose[part] / most)
        moves = (points(performance.motion) - self.home.shown) * self.home.unit
        moves[48:68] *= performance.lips
        moves[:17] *= performance.lips
        return pose, (moves @ self.home.rotation[:2, :2].T).astype(np.float32)

    def _head_field(self, pose: FloatArray) -> FloatArray:
        """The rigid head's field at the knots, with its shares, `(H, W, 2)`."""
        unit = self.home.unit
        turn = np.exp(pose[5]) * Rotation.from_rotvec(pose[:3]).as_matrix()
        offset = self.window.knots - self.home.centre[:2].astype(np.float32)
        moved = offset @ (turn[:2, :2] - np.eye(2)).T.astype(np.float32)
        moved += self.depth[..., None] * turn[:2, 2].astype(np.float32)
        shift = (pose[3:5] * unit).astype(np.float32)
        field: FloatArray = (moved + shift) * self.share[..., :1] + shift * self.share[..., 1:]
        return field

    def _carried(self, places: FloatArray, depth: FloatArray, pose: FloatArray) -> FloatArray:
        """Where the head takes places `(P, 2)` of this depth `(P,)`, px."""
        turn = np.exp(pose[5]) * Rotation.from_rotvec(pose[:3]).as_matrix()
        solid = np.column_stack([places, depth]) - self.home.centre
        carried: FloatArray = (solid @ turn.T)[:, :2] + self.home.centre[:2] + pose[3:5] * self.home.unit
        return carried

    def _layered(self, field: FloatArray) -> ByteArray:
        """The crop with its front layer moved."""
        window, layers = self.window, self.layers
        places = window.sources(window.inverse(field))
        x, y = cv2.convertMaps(places[..., 0], places[..., 1], cv2.CV_16SC2)
        front = cv2.remap(layers.front, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        opacity = cv2.remap(layers.opacity, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        made = self.pixels.copy()
        back = np.ascontiguousarray(layers.back[window.slices])
        made[window.slices] = cv2.blendLinear(front, back, opacity, 1 - opacity)
        return made

    def _at(self, field: FloatArray, inner: Window) -> FloatArray:
        """A field at the knots of a window inside this one."""
        outer = self.window
        scale = np.array([(outer.columns - 1) / (outer.width - 1), (outer.rows - 1) / (outer.height - 1)], np.float32)
        places = (inner.knots - outer.corner) * scale
        return np.asarray(cv2.remap(field, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _where_it_moves(layers: Layers, pixels: ByteArray, window: Window, share: FloatArray) -> Layers:
    """Layers that are both the photo itself where nothing ever moves."""
    moves = np.zeros(pixels.shape[:2], np.float32)
    moves[window.slices] = smooth_step(window.enlarged(share.sum(axis=2)), 0.01, 0.06)
    front, back = (cv2.blendLinear(layer, pixels, moves, 1 - moves) for layer in (layers.front, layers.back))
    return Layers(front, layers.opacity, back)


def _depth(knots: FloatArray, mesh: FloatArray, home: Home) -> FloatArray:
    """How far behind the head's middle the picture lies at knots `(H, W, 2)`, px: the mesh, and a skull around it."""
    known = mesh[:468].astype(np.float64)
    hull = cv2.convexHull(mesh[:468, :2].astype(np.float32), returnPoints=False)[:, 0]
    edge, centre = known[hull], known[:, :2].mean(axis=0)
    rings = [known[::4]]
    for factor, behind in ((1.2, 0.28), (1.5, 0.5), (2.2, 0.6), (3.5, 0.6)):
        places = centre + factor * (edge[:, :2] - centre)
        rings.append(np.column_stack([places, edge[:, 2] + behind * home.unit]))
    all_points = np.concatenate(rings)
    spline = RBFInterpolator(all_points[:, :2], all_points[:, 2], kernel="linear", smoothing=0.02 * home.unit)
    flat: FloatArray = spline(knots.reshape(-1, 2).astype(np.float64)).reshape(knots.shape[:2])
    smooth = cv2.GaussianBlur(flat.astype(np.float32), (0, 0), 1.5)
    depth: FloatArray = (smooth - home.centre[2]).astype(np.float32)
    return depth


def _shares(knots: FloatArray, mesh: FloatArray, home: Home, side: int) -> FloatArray:
    """How much each knot goes with the head, and with its shift alone, `(H, W, 2)`."""
    unit, centre = home.unit, home.centre[:2]
    down = (home.rotation @ np.array([0.0, 1.0, 0.0]))[:2]
    down = down / np.linalg.norm(down)
    offset = knots - centre
    along = (offset @ down - (mesh[152, :2] - centre) @ down) / unit
    across = np.abs(offset @ np.array([down[1], -down[0]])) / unit
    # Beside the neck lie the jaw's corners, which are the head's.
    below = along + 0.35 * np.clip(across - 0.3, 0, 1.0)
    head = (1 - smooth_step(below, *NECK)) * (1 - smooth_step(across, *SIDES))
    shoulders = SHOULDERS * (1 - head) * smooth_step(along, -0.6, 0.4) * (1 - smooth_step(along, 1.8, 3.6))
    low = np.minimum(knots.min(axis=2), side - 1 - knots.max(axis=2))
    frame = smooth_step(low, 0.0, EDGE * unit)
    return np.dstack([head * frame, shoulders * frame]).astype(np.float32)


def _around(mesh: FloatArray, home: Home) -> FloatArray:
    """Points above and beside the face that do not follow what moves in it, `(R, 2)`."""
    oval = mesh[[10, 338, 297, 332, 284, 251, 21, 54, 103, 67, 109, 127, 356], :2]
    return (oval + 0.1 * (oval - home.centre[:2])).astype(np.float32)
