"""What YuNet's candidates for a face come to."""

from __future__ import annotations

import numpy as np

from metaface_gui.pipeline.detection.yunet import each_once
from metaface_gui.types import Floats

LANDMARKS = np.array([[10, 15], [30, 15], [20, 25], [12, 32], [28, 32]], np.float32)


def candidate(x: float, confidence: float, *, side: float = 40.0) -> Floats:
    """A row of a network's: a box and five landmarks in it, both from `x` on."""
    places = LANDMARKS + np.array([x, 0.0], np.float32)
    return np.concatenate([[x, 0.0, side, side], places.ravel(), [confidence]], dtype=np.float32)


def test_of_a_face_seen_at_several_places_the_mean_is_taken_by_confidence() -> None:
    seen = np.stack([candidate(0.0, 0.6), candidate(4.0, 0.9), candidate(200.0, 0.8)])
    faces = each_once(seen, 0.7)
    assert faces.dtype == np.float32
    np.testing.assert_allclose(faces[:, 14], [0.9, 0.8])
    np.testing.assert_allclose(faces[0, :14], (0.6 * seen[0, :14] + 0.9 * seen[1, :14]) / 1.5, rtol=1e-5)
    np.testing.assert_allclose(faces[1], seen[2], rtol=1e-5)
    for nobody in (seen[:1], seen[:0]):
        assert each_once(nobody, 0.7).shape == (0, 15)


def test_a_neighbour_and_what_is_no_number_have_no_say() -> None:
    broken = candidate(1.0, 0.9)
    broken[6] = np.nan
    seen = np.stack([candidate(0.0, 0.8), candidate(30.0, 0.6), broken, candidate(2.0, 0.95, side=0.01)])
    (face,) = each_once(seen, 0.7)
    np.testing.assert_allclose(face, seen[0], rtol=1e-5)
