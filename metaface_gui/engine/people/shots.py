"""Between faces as the pipeline sees them and shots as the gallery keeps them.

A template is always made from the stored picture, not from the frame it came from: so the embedding that another
embedder, another machine or a later version makes of the shot is made of exactly the same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError, GalleryError
from metaface_gui.gallery import NewShot, ShotSource
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Image

_JPEG_QUALITY = 95
_MARK = b"metaface environment: "
_MARK_WITHIN = 256
"""It is the first thing in the file; pixels that look like it are never reached."""


def encode_picture(image_bgr: Image, environment: str = "") -> bytes:
    """Encode as JPEG; `environment`, what the environment dial made of it, is marked in a comment of the file.

    Raises:
        EnrollmentError: if OpenCV cannot.
    """
    done, encoded = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise EnrollmentError(QT_TRANSLATE_NOOP("Errors", "A shot could not be encoded. Record it again."))
    picture = encoded.tobytes()
    if not environment:
        return picture
    remark = _MARK + environment.encode("ascii")
    return picture[:2] + b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark + picture[2:]


def environment_of(encoded: bytes) -> str:
    """What the environment dial was set to when a stored picture was taken, e.g. `dim_light 60`; "" where it was off.

    The mark is in the picture, so it is encrypted, exported and deleted with it.
    """
    begin = encoded.find(_MARK, 0, _MARK_WITHIN)
    if begin < 4 or encoded[begin - 4 : begin - 2] != b"\xff\xfe":
        return ""
    length = int.from_bytes(encoded[begin - 2 : begin], "big") - 2
    return encoded[begin + len(_MARK) : begin + length].decode("ascii", "replace")


def decode_picture(encoded: bytes) -> Image:
    """Decode a stored picture to BGR.

    Raises:
        GalleryError: if it is damaged.
    """
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "A stored picture is damaged. Delete that person's shot and take it again.")
        )
    return np.asarray(image, np.uint8)


def new_shots(samples: Sequence[FaceSample], pipeline: FacePipeline, source: ShotSource) -> list[NewShot]:
    """Make shots to be saved, each with its template by the pipeline's embedder.

    Raises:
        EnrollmentError: if a picture cannot be encoded.
    """
    encoded = [encode_picture(sample.chip_bgr, sample.environment) for sample in samples]
    pictures = [decode_picture(chip) for chip in encoded]
    templates = pipeline.features_of_chips(pictures, [sample.detection.landmarks for sample in samples])
    now = datetime.now(UTC)
    return [
        NewShot(
            chip=chip,
            landmarks=sample.detection.landmarks,
            box_xyxy=sample.detection.box_xyxy,
            quality=sample.quality.score,
            taken_at=now,
            source=source,
            embeddings={pipeline.embedder.id: template},
        )
        for chip, sample, template in zip(encoded, samples, templates, strict=True)
    ]
