"""Where the files that ship with MetaFace are: `assets/` and `weights/`, in a checkout or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"


def _shipped_dir(name: str) -> Path:
    return (_BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent) / name


def assets_dir() -> Path:
    """Folder of icons, styles, translations and the demo scene's portraits."""
    return _shipped_dir("assets")


def weights_dir() -> Path:
    """Folder of the weights that ship, with their `manifest.json`."""
    return _shipped_dir("weights")


def user_data_dir() -> Path:
    """The user's own data folder (gallery, fetched weights, log); not created here."""
    return Path(platformdirs.user_data_dir("metaface", appauthor=False))
