from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from metaface_gui import resources
from metaface_gui.errors import KnownError
from metaface_gui.metalearning.feature_cache import default_cache
from metaface_gui.pipeline.rendering.fonts import system_fonts
from metaface_gui.resources import home_dir, user_cache_dir, user_data_dir


def fail(*_: object, **__: object) -> str:
    raise RuntimeError("could not determine the home directory")


def unexpanded(*_: object, **__: object) -> str:
    return "~/.cache/metaface"


@pytest.mark.parametrize("find", [fail, unexpanded])
def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, find: Callable[..., str]) -> None:
    for name in ("user_data_dir", "user_cache_dir"):
        monkeypatch.setattr(platformdirs, name, find)
    for folder in (user_data_dir, user_cache_dir, default_cache):
        with pytest.raises(KnownError, match=r"no home folder\. Set HOME or XDG_"):
            folder()


@pytest.mark.skipif(sys.platform == "win32", reason="a list of users as POSIX has it")
def test_a_user_of_whom_the_system_knows_nothing_has_the_systems_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def unknown(number: int) -> None:
        raise KeyError(number)

    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert home_dir() is None
    assert system_fonts()
    for folder in (resources.user_data_dir, resources.user_cache_dir):
        with pytest.raises(KnownError, match="no home folder"):
            folder()
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert user_data_dir() == Path("/somewhere/metaface")
