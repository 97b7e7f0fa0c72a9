"""What the watch takes for right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from metaface_gui.engine.events import GalleryChanged
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.types import FaceTruth
from tests.gui.fakes import make_face, make_frame, make_result
from tests.gui.panels.samples import person
from tests.soak.watch import _JUDGED_EVERY, Watch


def test_whoever_is_hidden_is_rightly_unknown() -> None:
    box = (500.0, 200.0, 700.0, 440.0)
    frame = replace(make_frame(), truth=(FaceTruth(np.array(box, np.float32), "Ada"),))
    ada = person(1, "Ada")
    for is_hidden, right in ((True, 1), (False, 0)):
        watch = Watch(lambda: None)
        watch(GalleryChanged(GallerySnapshot((replace(ada, is_hidden=is_hidden),), 1)))
        for _unknown in range(_JUDGED_EVERY):
            watch(make_result(make_face(4, box), frame=frame))
        assert (watch.faces, watch.right, watch.wrong) == (1, right, 0)
