"""Loads the aligned faces of a folder of people, cached on disk.

The folder holds one folder per person, named after them and containing their pictures, as in LFW and most data sets.
Each picture yields its main face, the one nearest to its centre. Detecting faces in thousands of pictures takes
minutes, so results are cached and an interrupted run resumes where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import torch

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.growing_array import GrowingArray, open_growing_array
from metaface_gui.pipeline.capture.images import IMAGE_SUFFIXES, read_image
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.second_looks import placed_by_more_looks
from metaface_gui.pipeline.detection.yunet import YuNetDetector
from metaface_gui.pipeline.processor import usable_cores
from metaface_gui.resources import compiled_dir
from metaface_gui.types import FaceDetections, Image, QualityIssue
from metaface_gui.weights.store import WeightsStore

Progress = Callable[[int, int], None]
"""Called with (done, total) from time to time; an exception it raises ends the work but keeps what is done."""

MakeDetectors = Callable[[], Sequence[FaceDetector]]
"""Builds the detectors of one thread, which are tried in order until one finds a face."""

_FORMAT = 3
_CHUNK = 64
_MAX_THREADS = 16
_FOUND = ""
_KEEN_CONFIDENCE = 0.2
"""YuNet's for a second try. None of LFW's 9,257 pictures needs it; it is for data sets with darker, smaller faces."""


@dataclass(frozen=True, slots=True)
class SkippedPicture:
    """A picture without a usable face: its path relative to the data set's folder, and the reason, one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class LoadedFaces:
    """The faces of a folder, ordered by path, and the pictures that gave none."""

    faces: AlignedFaces
    skipped: tuple[SkippedPicture, ...]


@dataclass(frozen=True, slots=True)
class _Picture:
    identity: str
    path: str
    size: int
    modified_ns: int


def patient_detectors(key: str, device: torch.device, store: WeightsStore) -> MakeDetectors:
    """Return a builder of the detector `key`; YuNet is followed by a second one with a lower confidence threshold.

    Raises:
        WeightsError: by the builder, if there is no such detector or its weights are missing or damaged.
    """

    def build() -> Sequence[FaceDetector]:
        # One thread per detector, because the pictures are spread over threads already.
        first = make_detector(key, device, store, cache=compiled_dir(), threads=1, is_exact=True)
        return (first, first.accepting(_KEEN_CONFIDENCE)) if isinstance(first, YuNetDetector) else (first,)

    return build


def load_faces(
    folder: Path, *, make_detectors: MakeDetectors, crop_size: int, cache: Path, progress: Progress
) -> LoadedFaces:
    """Find, align and cache the main face of every picture of every person.

    Pictures are files with an image suffix directly in `folder/<person>/`; names that begin with a dot are ignored.
    `crop_size` is 112 or 160. Adding, removing or changing a picture creates a new cache entry. `progress` counts
    pictures.

    Raises:
        SourceError: if the folder cannot be read, holds no people, or no picture shows a face.
        CacheError: if the cache folder cannot be written or its disk is full.
        KnownError: what `make_detectors` raises.
        ValueError: if no embedder uses that crop size.
    """
    pictures = _list_pictures(folder)
    detectors = make_detectors()
    key = _key(pictures, detectors, crop_size)
    with open_growing_array(
        cache / f"faces-{key}", (crop_size, crop_size, 3), np.uint8, lambda: progress(0, len(pictures))
    ) as crops:
        _fill(crops, folder, pictures, _Finder(make_detectors, detectors, crop_size), progress)
        array, notes = crops.array(), crops.notes
    found = [picture for picture, note in zip(pictures, notes, strict=True) if note == _FOUND]
    skipped = tuple(
        SkippedPicture(picture.path, note) for picture, note in zip(pictures, notes, strict=True) if note != _FOUND
    )
    if not found:
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "No face was found in any of the {count} pictures in {folder}. The first, {first}: {reason} Choose "
                "pictures with faces of 40 pixels or more.",
            ),
            count=len(pictures),
            folder=folder,
            first=skipped[0].path,
            reason=skipped[0].reason,
        )
    faces = AlignedFaces(array, tuple(p.identity for p in found), tuple(p.path for p in found))
    return LoadedFaces(faces, skipped)


def picture_files(folder: Path) -> tuple[Path, ...]:
    """Return every picture that `load_faces` would read.

    Raises:
        SourceError: if the folder cannot be read or holds no people.
    """
    return tuple(folder / picture.path for picture in _list_pictures(folder))


def _list_pictures(folder: Path) -> list[_Picture]:
    pictures: list[_Picture] = []
    try:
        people = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
        for person in people:
            for file in sorted(person.iterdir()):
                if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".") and file.is_file():
                    status = file.stat()
                    path = f"{person.name}/{file.name}"
                    pictures.append(_Picture(person.name, path, status.st_size, status.st_mtime_ns))
    except OSError as error:
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Cannot read the folder {folder}: {reason}. Choose a folder with one folder of pictures per person.",
            ),
            folder=error.filename or folder,
            reason=error.strerror or str(error),
        ) from error
    if not pictures:
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "There are no people in {folder}. Put each person's pictures into a folder of their own there, named "
                "after the person.",
            ),
            folder=folder,
        )
    return pictures


def _key(pictures: Sequence[_Picture], detectors: Sequence[FaceDetector], crop_size: int) -> str:
    """Return a digest of everything that the result depends on, as 16 hexadecimal digits."""
    digest = hashlib.sha256(f"{_FORMAT}|{'+'.join(d.key for d in detectors)}|{crop_size}".encode())
    for picture in pictures:
        digest.update(f"\0{picture.path}\0{picture.size}\0{picture.modified_ns}".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


class _Finder:
    """Crops a picture's main face; safe to call from several threads, each of which borrows a set of detectors."""

    def __init__(self, make_detectors: MakeDetectors, first: Sequence[FaceDetector], crop_size: int) -> None:
        self._crop_size = crop_size
        self._make = make_detectors
        self._idle: SimpleQueue[Sequence[FaceDetector]] = SimpleQueue()
        self._idle.put(first)

    def add_detectors(self, sets: int) -> None:
        """Build `sets` more sets of detectors, one for each additional thread."""
        for _ in range(sets):
            self._idle.put(self._make())

    def __call__(self, path: Path) -> Image | str:
        """Return the crop (s, s, 3) RGB, or the reason why there is none."""
        try:
            image = read_image(path)
        except SourceError as error:
            return str(error)
        detectors = self._idle.get()
        try:
            for detector in detectors:
                found = detector.detect(image)
                if len(found):
                    main = _main_face(found, image)
                    landmarks = placed_by_more_looks(detector, image, found.landmarks[main : main + 1])
                    crop: Image = align(image, landmarks, self._crop_size)[0]
                    return crop
        finally:
            self._idle.put(detectors)
        return QualityIssue.NO_FACE.value


def _main_face(found: FaceDetections, image: Image) -> int:
    """Return the index of the face nearest to the picture's centre, where data sets place the named person."""
    middle = np.array([image.shape[1], image.shape[0]]) / 2
    centres = found.boxes_xyxy.reshape(-1, 2, 2).mean(axis=1)
    return int(np.linalg.norm(centres - middle, axis=1).argmin())


def _fill(
    crops: GrowingArray[np.uint8], folder: Path, pictures: Sequence[_Picture], find: _Finder, progress: Progress
) -> None:
    """Process the remaining pictures, starting after the last complete chunk."""
    done, total = len(crops.notes), len(pictures)
    progress(done, total)
    if done == total:
        return
    crops.require_space(total - done)
    threads = max(1, min(usable_cores(), _MAX_THREADS, total - done))
    find.add_detectors(threads - 1)
    with ThreadPoolExecutor(threads, thread_name_prefix="find-faces") as pool:
        while done < total:
            chunk = pictures[done : done + _CHUNK]
            found = list(pool.map(find, [folder / picture.path for picture in chunk]))
            rows = [crop for crop in found if not isinstance(crop, str)]
            crops.append(
                np.stack(rows) if rows else np.zeros((0, *crops.row_shape), np.uint8),
                [crop if isinstance(crop, str) else _FOUND for crop in found],
            )
            done += len(chunk)
            progress(done, total)
