"""The locations of the files that ship with MetaFace, `assets/` and `weights/`, in a checkout or an installed wheel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"


def _shipped_dir(name: str) -> Path:
    return (_BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent) / name


def assets_dir() -> Path:
    """Return the folder of icons, styles, translations and the demo scene's portraits."""
    return _shipped_dir("assets")


def weights_dir() -> Path:
    """Return the folder of the weights that ship, with their `manifest.json`."""
    return _shipped_dir("weights")


def compiled_dir() -> Path | None:
    """Return the user's folder for compiled networks, which may be deleted at any time; None without a home folder."""
    try:
        return Path(platformdirs.user_cache_dir("metaface", appauthor=False)) / "compiled"
    except (RuntimeError, KeyError):
        return None


def user_data_dir() -> Path:
    """Return the user's own data folder (gallery, fetched weights, log); it is not created here.

    Raises:
        KnownError: if the user has no home folder.
    """
    text = QT_TRANSLATE_NOOP("Errors", "This user has no home folder. Set HOME or XDG_DATA_HOME to a folder.")
    return _own(platformdirs.user_data_dir, KnownError(text))


def user_cache_dir() -> Path:
    """Return the user's own folder for data that can be recomputed; it is not created here.

    Raises:
        KnownError: if the user has no home folder.
    """
    text = QT_TRANSLATE_NOOP("Errors", "This user has no home folder. Set HOME or XDG_CACHE_HOME to a folder.")
    return _own(platformdirs.user_cache_dir, KnownError(text))


def home_dir() -> Path | None:
    """Return the user's home folder; None if there is neither HOME nor an entry in the user database."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _own(find: Callable[..., str], error: KnownError) -> Path:
    try:
        folder = Path(find("metaface", appauthor=False))
    except (RuntimeError, KeyError) as cause:  # neither HOME nor an entry in the user database
        raise error from cause
    if not folder.is_absolute():  # older platformdirs return a folder literally named ~ in the current one
        raise error
    return folder
