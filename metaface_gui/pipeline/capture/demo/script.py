"""The demo scene's script, as data: who is where and when, the light, the focus, and what hides a face.

Lives here: the script and interpolation between its keyframes. May not live here: pixels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Pose:
    """Position of a face or the folder at a time of the script, in seconds.

    `x`, `y`: its centre, in frame widths and frame heights from the top left. `size`: its height in frame heights.
    `roll_deg`: in-plane rotation, positive = counter-clockwise on screen.
    """

    t_s: float
    x: float
    y: float
    size: float
    roll_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Level:
    """A number at a time of the script, in seconds."""

    t_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person's path through the scene; before the first and after the last pose the person is absent."""

    person: str
    poses: tuple[Pose, ...]
    masked_s: tuple[float, float] | None = None
    """When the person starts and stops wearing a face mask; both changes happen behind the folder."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A named part of the script, `start_s` <= t < `end_s`."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DemoScript:
    """One round of the scene, which repeats after `duration_s`.

    `appearances` are in drawing order, the farthest first. `folder` is held in front of the faces. `light` is the gain
    of the picture (1 = day), `blur` the standard deviation of the defocus in frame heights.
    """

    duration_s: float
    phases: tuple[Phase, ...]
    appearances: tuple[Appearance, ...]
    folder: tuple[Pose, ...]
    light: tuple[Level, ...]
    blur: tuple[Level, ...]

    def phase_at(self, time_s: float) -> Phase:
        """Return the phase at a time since the scene's beginning, in any round."""
        t = time_s % self.duration_s
        return next(phase for phase in reversed(self.phases) if phase.start_s <= t)


def ease(u: float) -> float:
    """Smoothstep: 0 → 0 and 1 → 1 with zero speed at both ends, as people start and stop."""
    return u * u * (3.0 - 2.0 * u)


def pose_at(poses: Sequence[Pose], t_s: float) -> Pose | None:
    """Interpolate the poses at `t_s`; None before the first and after the last."""
    if not poses or not poses[0].t_s <= t_s <= poses[-1].t_s:
        return None
    after = min(bisect_right(poses, t_s, key=lambda pose: pose.t_s), len(poses) - 1)
    a, b = poses[after - 1], poses[after]
    u = ease((t_s - a.t_s) / (b.t_s - a.t_s))

    def mix(start: float, end: float) -> float:
        return start + (end - start) * u

    return Pose(t_s, mix(a.x, b.x), mix(a.y, b.y), mix(a.size, b.size), mix(a.roll_deg, b.roll_deg))


def level_at(levels: Sequence[Level], t_s: float) -> float:
    """Interpolate the levels at `t_s`; constant outside their range."""
    if t_s <= levels[0].t_s:
        return levels[0].value
    for a, b in pairwise(levels):
        if t_s < b.t_s:
            return a.value + (b.value - a.value) * ease((t_s - a.t_s) / (b.t_s - a.t_s))
    return levels[-1].value


_COLLINS = Appearance(
    "Eileen Collins",
    (
        # Still, close and alone: the moment to enrol her manually. The round's last pose equals this first one.
        Pose(0.0, 0.46, 0.42, 0.29),
        Pose(5.5, 0.46, 0.42, 0.29),
        Pose(7.5, 0.31, 0.43, 0.25, 2.0),
        Pose(10.0, 0.28, 0.44, 0.24, -3.0),
        Pose(12.5, 0.33, 0.43, 0.25, 4.0),
        Pose(15.0, 0.30, 0.44, 0.24, -2.0),
        Pose(18.0, 0.32, 0.42, 0.26, 5.0),
        Pose(20.5, 0.27, 0.44, 0.24, -4.0),
        Pose(22.5, 0.29, 0.43, 0.25, 0.0),
        Pose(27.5, 0.27, 0.43, 0.24, 1.0),
        Pose(31.5, 0.30, 0.43, 0.25, -2.0),
        Pose(35.7, 0.29, 0.43, 0.25, 0.0),
        Pose(37.1, -0.28, 0.44, 0.25, 3.0),
    ),
)
_COLLINS_COMES_BACK = Appearance("Eileen Collins", (Pose(38.2, -0.30, 0.42, 0.29, 3.0), Pose(40.0, 0.46, 0.42, 0.29)))

_OBAMA = Appearance(
    "Barack Obama",
    (
        Pose(5.8, 1.22, 0.40, 0.26, -2.0),
        Pose(7.6, 0.70, 0.40, 0.27, 1.0),
        Pose(9.0, 0.66, 0.38, 0.31, -3.0),
        Pose(11.0, 0.78, 0.40, 0.26, 2.0),
        Pose(14.5, 0.76, 0.40, 0.27, -4.0),
        Pose(17.5, 0.79, 0.39, 0.28, 3.0),
        Pose(20.5, 0.76, 0.40, 0.26, -3.0),
        Pose(22.5, 0.77, 0.39, 0.28, 0.0),
        Pose(27.5, 0.78, 0.39, 0.28, -2.0),
        Pose(31.8, 0.76, 0.40, 0.27, 1.0),
        # Out of the picture for less than a second.
        Pose(32.5, 1.10, 0.40, 0.27, -3.0),
        Pose(32.9, 1.10, 0.40, 0.27, 3.0),
        Pose(33.7, 0.72, 0.40, 0.27, 0.0),
        Pose(35.6, 0.72, 0.40, 0.27, 2.0),
        Pose(37.0, 1.25, 0.40, 0.27, -2.0),
    ),
    masked_s=(23.6, 26.6),
)

_HOPPER = Appearance(
    "Grace Hopper",
    (
        Pose(9.6, -0.12, 0.51, 0.22, 2.0),
        Pose(11.4, 0.53, 0.51, 0.22, -1.0),
        Pose(13.0, 0.55, 0.48, 0.24, 3.0),
        Pose(16.0, 0.53, 0.51, 0.22, -3.0),
        Pose(19.0, 0.55, 0.495, 0.23, 2.0),
        Pose(21.5, 0.53, 0.51, 0.22, -1.0),
        Pose(23.2, 0.54, 0.495, 0.23, 0.0),
        Pose(26.5, 0.53, 0.495, 0.23, 2.0),
        Pose(28.0, 0.53, 0.51, 0.22, 0.0),
        Pose(35.2, 0.52, 0.51, 0.22, -2.0),
        Pose(35.9, 0.50, 0.51, 0.22, 0.0),
        Pose(37.2, 1.15, 0.51, 0.22, -2.0),
    ),
)

_STRANGER = Appearance(
    "Joe Biden",
    (
        Pose(26.6, -0.30, 0.300, 0.27, 1.5),
        Pose(28.3, 0.42, 0.285, 0.28, -1.5),
        Pose(29.6, 0.63, 0.285, 0.28, 2.0),
        Pose(31.5, 1.28, 0.300, 0.27, -1.0),
    ),
)

DEMO_SCRIPT = DemoScript(
    duration_s=40.0,
    phases=(
        Phase("alone", 0.0, 5.8),
        Phase("two", 5.8, 9.6),
        Phase("three", 9.6, 14.0),
        Phase("dim", 14.0, 18.5),
        Phase("blur", 18.5, 22.5),
        Phase("occlusion", 22.5, 26.8),
        Phase("stranger", 26.8, 31.6),
        Phase("return", 31.6, 35.6),
        Phase("leave", 35.6, 37.2),
        Phase("empty", 37.2, 38.2),
        Phase("back", 38.2, 40.0),
    ),
    appearances=(_STRANGER, _HOPPER, _OBAMA, _COLLINS, _COLLINS_COMES_BACK),
    folder=(
        # Up in front of one face, where the mask is put on; over to the other; back, where the mask is taken off.
        Pose(22.7, 0.78, 1.20, 0.44, 8.0),
        Pose(23.4, 0.77, 0.42, 0.44, -3.0),
        Pose(23.8, 0.77, 0.42, 0.44, -2.0),
        Pose(24.5, 0.56, 1.10, 0.44, 10.0),
        Pose(25.1, 0.30, 0.56, 0.40, -6.0),
        Pose(25.5, 0.27, 0.60, 0.40, -9.0),
        Pose(26.0, 0.56, 1.10, 0.42, 4.0),
        Pose(26.5, 0.78, 0.41, 0.44, -2.0),
        Pose(26.7, 0.78, 0.41, 0.44, -2.0),
        Pose(27.4, 0.80, 1.20, 0.44, 8.0),
    ),
    light=(
        Level(14.0, 1.0),
        Level(15.2, 0.30),
        Level(16.2, 0.20),
        Level(17.0, 0.22),
        Level(18.5, 1.0),
        Level(28.0, 1.0),
        Level(29.0, 1.12),
        Level(30.5, 0.92),
        Level(32.0, 1.0),
    ),
    blur=(Level(18.5, 0.0), Level(19.5, 0.005), Level(20.7, 0.0085), Level(21.5, 0.006), Level(22.5, 0.0)),
)
"""The scene that `metaface demo` shows."""
