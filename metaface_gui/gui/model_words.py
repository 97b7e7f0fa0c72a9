"""How models and devices are spelled on screen: as their authors do, not by the keys of the settings."""

from __future__ import annotations

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.i18n import translate

_NAMES = {
    "yunet": "YuNet",
    "mtcnn": "MTCNN",
    "sface": "SFace",
    "facenet-vggface2": "FaceNet (VGGFace2)",
    "facenet-casia": "FaceNet (CASIA-WebFace)",
}
_TITLES = {
    "yunet": QT_TRANSLATE_NOOP("Models", "YuNet, fast"),
    "mtcnn": QT_TRANSLATE_NOOP("Models", "MTCNN, classic"),
    "sface": QT_TRANSLATE_NOOP("Models", "SFace, small and fast"),
}
"""Of those of which more is to be said where one of them is chosen."""


def model_name(key: str) -> str:
    """Return a detector's or embedder's name; the key itself of one that nobody has named."""
    return _NAMES.get(key, key)


def model_title(key: str) -> str:
    """Return what a list to choose from says of it: its name, and what speaks for it."""
    return translate("Models", _TITLES[key]) if key in _TITLES else model_name(key)


def device_name(device: str) -> str:
    """Return what computes, e.g. `cpu` or `cuda:0`, as it is written: CPU, CUDA:0, MPS."""
    return device.upper()
