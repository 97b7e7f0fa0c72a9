"""How models and devices are spelled on screen: as their authors do, not as the keys in the settings."""

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
"""Titles of the models that are described in more detail in the lists to choose from."""


def model_name(key: str) -> str:
    """Return a detector's or embedder's name, or the key itself if it has none."""
    return _NAMES.get(key, key)


def model_title(key: str) -> str:
    """Return a model's entry in a list to choose from: its name, and its advantages if there is a title."""
    return translate("Models", _TITLES[key]) if key in _TITLES else model_name(key)


def device_name(device: str) -> str:
    """Return the usual spelling of a device, e.g. `cpu` or `cuda:0`: CPU, CUDA:0, MPS."""
    return device.upper()
