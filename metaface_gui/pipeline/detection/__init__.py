"""Detection: a frame → faces with five landmarks, and the upright crops that embedders want.

Lives here: the detectors, their registry, alignment. May not live here: embedding, tracking, quality, Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError

if TYPE_CHECKING:
    import torch

    from metaface_gui.pipeline.detection.base import FaceDetector
    from metaface_gui.weights.store import WeightsStore

DEFAULT_DETECTOR = "yunet"
DETECTORS = ("yunet", "mtcnn")
"""Key of every detector, the default first."""


def make_detector(key: str, device: torch.device | str, store: WeightsStore) -> FaceDetector:
    """Build the detector with that key; YuNet runs on the CPU whatever the device. One thread owns a detector.

    Raises:
        WeightsError: if there is no such detector, or its weights are missing or damaged.
    """
    if key == "yunet":
        # The command line, which only lists the detectors, does without OpenCV.
        from metaface_gui.pipeline.detection.yunet import YuNetDetector  # noqa: PLC0415

        return YuNetDetector(store.path("yunet-2023mar"))
    if key == "mtcnn":
        # facenet-pytorch brings torchvision: seconds of imports that the default detector does without.
        from metaface_gui.pipeline.detection.mtcnn import MtcnnDetector  # noqa: PLC0415

        return MtcnnDetector(device)
    raise WeightsError(
        QT_TRANSLATE_NOOP("Errors", "There is no detector “{key}”. Choose one of: {keys}."),
        key=key,
        keys=", ".join(DETECTORS),
    )
