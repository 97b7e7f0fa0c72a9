"""How models and devices are written: by their authors' spelling, not by the keys that settings know them by."""

from __future__ import annotations

_NAMES = {
    "yunet": "YuNet",
    "mtcnn": "MTCNN",
    "sface": "SFace",
    "facenet-vggface2": "FaceNet (VGGFace2)",
    "facenet-casia": "FaceNet (CASIA-WebFace)",
}


def model_name(key: str) -> str:
    """Return a detector's or embedder's name; the key itself of one that nobody has named."""
    return _NAMES.get(key, key)


def device_name(device: str) -> str:
    """Return what computes, e.g. `cpu` or `cuda:0`, as it is written: CPU, CUDA:0, MPS."""
    return device.upper()
