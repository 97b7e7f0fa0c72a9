from __future__ import annotations

from dataclasses import replace

from metaface_gui.engine.people.enroller import recordable
from metaface_gui.types import UNKNOWN
from tests.pipeline.samples import decided

SEEN = decided(1, (0.0, 0.0, 50.0, 50.0), UNKNOWN)
CARRIED = replace(SEEN, track_id=2, is_fresh=False)
FAINT = replace(SEEN, track_id=3, is_fresh=False, is_faint=True)


def test_faces_are_recorded_once_all_were_embedded_whoever_turns_away_behind_them() -> None:
    assert recordable((SEEN,)) == (SEEN,)
    assert recordable((SEEN, CARRIED)) is None
    assert recordable((FAINT, SEEN)) == (SEEN,)
    assert recordable((FAINT,)) == recordable(()) == ()
