from __future__ import annotations

import platformdirs
import pytest

from metaface_gui.errors import KnownError
from metaface_gui.resources import user_data_dir


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_data_dir", fail)
    with pytest.raises(KnownError, match=r"no home folder\. Set HOME"):
        user_data_dir()
