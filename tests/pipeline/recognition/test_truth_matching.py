"""Faces of a scene find those that were found, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FaceTruth, Floats


@dataclass(frozen=True, eq=False)
class Box:
    box_xyxy: Floats


def at(x: float) -> Floats:
    return np.array([x, 0, x + 40, 40], np.float32)


def test_each_true_face_gets_the_free_face_that_overlaps_it_most() -> None:
    near, far = Box(at(2)), Box(at(300))
    assert found_faces([FaceTruth(at(0), "Anna"), FaceTruth(at(302), None)], [far, near]) == (near, far)


def test_a_face_is_given_away_once() -> None:
    only = Box(at(0))
    assert found_faces([FaceTruth(at(1), "Anna"), FaceTruth(at(0), "Ben")], [only]) == (only, None)


def test_what_hardly_overlaps_is_somebody_else() -> None:
    # Of 62 columns of pixels 18 are common at a distance of 22, of 50 at 10 there are 30.
    assert found_faces([FaceTruth(at(0), "Anna")], [Box(at(22))]) == (None,)
    there = Box(at(10))
    assert found_faces([FaceTruth(at(0), "Anna")], [there]) == (there,)


def test_nothing_found_and_nothing_true() -> None:
    assert found_faces([FaceTruth(at(0), "Anna")], list[Box]()) == (None,)
    assert found_faces([], [Box(at(0))]) == ()
