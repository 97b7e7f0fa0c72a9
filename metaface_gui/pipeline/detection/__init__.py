"""Detection: a frame → faces with five landmarks, and the upright crops that embedders take.

Lives here: the detectors, their registry, alignment. May not live here: embedding, tracking, quality, Qt.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError

if TYPE_CHECKING:
    import torch

    from metaface_gui.pipeline.detection.base import FaceDetector
    from metaface_gui.pipeline.detection.yunet import YuNetNetwork
    from metaface_gui.weights.store import WeightsStore

_log = logging.getLogger(__name__)

DETECTORS = ("yunet", "mtcnn")
"""Key of every detector, the default first."""


def make_detector(
    key: str,
    device: torch.device | str,
    store: WeightsStore,
    *,
    cache: Path | None = None,
    threads: int | None = None,
    is_exact: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> FaceDetector:
    """Build the detector with that key; YuNet runs on the CPU whatever the device.

    `cache` is a folder for compiled networks, `threads` the limit for OpenVINO (None: that of the process). `is_exact`:
    detections equal those of other machines to the digit, which takes longer where the processor multiplies bfloat16.

    Raises:
        WeightsError: if there is no such detector, or its weights are missing or damaged.
    """
    if key == "yunet":
        # The command line, which only lists the detectors, does not load OpenCV.
        from metaface_gui.pipeline.detection.yunet import YuNetDetector  # noqa: PLC0415

        return YuNetDetector(_yunet(store, cache, threads, environ, is_exact=is_exact))
    if key == "mtcnn":
        # facenet-pytorch imports torchvision: seconds that the default detector saves.
        from metaface_gui.pipeline.detection.mtcnn import MtcnnDetector  # noqa: PLC0415

        return MtcnnDetector(device)
    raise WeightsError(
        QT_TRANSLATE_NOOP("Errors", "There is no detector “{key}”. Choose one of: {keys}."),
        key=key,
        keys=", ".join(DETECTORS),
    )


def _yunet(
    store: WeightsStore, cache: Path | None, threads: int | None, environ: Mapping[str, str], *, is_exact: bool
) -> YuNetNetwork:
    """Build YuNet on OpenVINO, or on OpenCV without OpenVINO or if `METAFACE_RUNTIME` says so. The only such choice."""
    from metaface_gui.pipeline.detection.openvino_yunet import OpenVinoYuNet  # noqa: PLC0415 - as above
    from metaface_gui.pipeline.detection.yunet import OpenCvYuNet  # noqa: PLC0415
    from metaface_gui.pipeline.openvino_runtime import CompiledCache, RuntimeMissingError, is_wanted  # noqa: PLC0415

    name = "yunet-2023mar"
    path = store.path(name)
    if is_wanted(environ):
        try:
            kept_as = "exact-yunet" if is_exact else "yunet"
            kept = None if cache is None else CompiledCache(cache, kept_as, (store.sha256(name),))
            return OpenVinoYuNet(path, cache=kept, threads=threads, is_exact=is_exact)
        except RuntimeMissingError as error:
            _log.warning("OpenVINO is not there (%s): OpenCV finds faces", error)
    return OpenCvYuNet(path)
