"""Other programs on the same frames: face_recognition (dlib), and OpenCV's own loop of YuNet and SFace.

Each is used as documented, with its own defaults, and enrolled from the same stills as MetaFace. Neither is a
dependency: face_recognition is imported on demand, OpenCV's classes come with the installed OpenCV.
"""

from __future__ import annotations

import importlib
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import cv2
import numpy as np
import onnx
from onnx import numpy_helper

from metaface_gui.bench.clips import Clip, resized
from metaface_gui.bench.figures import NamedBox
from metaface_gui.bench.live import BenchModels
from metaface_gui.bench.race import Contender, OnStep, PipelineContender, RaceFigures, race
from metaface_gui.pipeline.capture.demo.people import DemoPerson
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.pipeline.recognition.attention import FILE, LIVE, THOROUGH
from metaface_gui.types import Floats, Frame, Image
from metaface_gui.weights.store import WeightsStore

FACE_RECOGNITION, OPENCV = "face_recognition", "opencv"
INSTALL = "uv run --group peers metaface bench --peers"
PEER_SIZES = ((640, 360), (1280, 720))


@dataclass(frozen=True, slots=True)
class AbsentPeer:
    """A peer that cannot be measured here, and why. `stand_in` is a contender that runs the same networks instead."""

    peer: str
    reason: str
    stand_in: str | None


@dataclass(frozen=True, slots=True)
class PeerNote:
    """A caveat about a peer's figures."""

    peer: str
    note: str


@dataclass(frozen=True, slots=True)
class PeersFigures:
    """One race per size; the ratios say how many times as many frames MetaFace processes as each peer."""

    races: tuple[RaceFigures, ...]
    absent: tuple[AbsentPeer, ...]
    notes: tuple[PeerNote, ...]


class FaceRecognitionModule(Protocol):
    """The used functions of the package `face_recognition`; boxes are (top, right, bottom, left)."""

    def face_locations(self, image: Image) -> list[tuple[int, int, int, int]]:
        """Find faces in an RGB picture with dlib's HOG detector."""

    def face_encodings(self, image: Image, locations: list[tuple[int, int, int, int]]) -> list[Floats]:
        """Encode the faces at these places: (128,) each."""

    def face_distance(self, known: list[Floats], face: Floats) -> Floats:
        """Return the distances of one face to each known one."""


class FaceRecognitionPeer:
    """Runs `face_locations`, `face_encodings`, `face_distance` with the package's tolerance on every frame."""

    key = FACE_RECOGNITION
    _TOLERANCE = 0.6

    def __init__(self, module: FaceRecognitionModule, people: Iterable[DemoPerson]) -> None:
        self._module = module
        self._names: list[str] = []
        self._known: list[Floats] = []
        for person in people:
            for still in person.stills:
                for encoding in self._encode(still)[1][:1]:
                    self._names.append(person.name)
                    self._known.append(encoding)

    def begin(self) -> None:
        """Do nothing: it keeps no state between frames."""

    def look(self, frame: Frame) -> Sequence[NamedBox]:
        """Find, encode and compare the faces."""
        locations, encodings = self._encode(frame.image_bgr)
        seen = []
        for (top, right, bottom, left), encoding in zip(locations, encodings, strict=True):
            seen.append(NamedBox(np.array([left, top, right, bottom], np.float32), self._name_of(encoding)))
        return seen

    def _encode(self, image_bgr: Image) -> tuple[list[tuple[int, int, int, int]], list[Floats]]:
        image_rgb = np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
        locations = self._module.face_locations(image_rgb)
        return locations, self._module.face_encodings(image_rgb, locations)

    def _name_of(self, encoding: Floats) -> str | None:
        if not self._known:
            return None
        distances = self._module.face_distance(self._known, encoding)
        nearest = int(np.argmin(distances))
        return self._names[nearest] if distances[nearest] <= self._TOLERANCE else None


class OpenCvPeer:
    """Runs `cv2.FaceDetectorYN` and `cv2.FaceRecognizerSF` on every face of every frame, like OpenCV's sample.

    The threshold on the cosine is the sample's.
    """

    key = OPENCV
    _COSINE = 0.363

    def __init__(self, detector: cv2.FaceDetectorYN, recognizer: cv2.FaceRecognizerSF, people: Iterable[DemoPerson]):
        self._detector, self._recognizer = detector, recognizer
        self._names: list[str] = []
        self._known: list[Floats] = []
        for person in people:
            for still in person.stills:
                faces = self._detect(still)
                if len(faces):
                    self._names.append(person.name)
                    self._known.append(self._feature(still, faces[0]))

    def begin(self) -> None:
        """Do nothing: it keeps no state between frames."""

    def look(self, frame: Frame) -> Sequence[NamedBox]:
        """Detect at the frame's own size, then align, embed and compare one face after another."""
        image = frame.image_bgr
        seen = []
        for face in self._detect(image):
            x, y, width, height = face[:4].tolist()
            box = np.array([x, y, x + width, y + height], np.float32)
            seen.append(NamedBox(box, self._name_of(self._feature(image, face))))
        return seen

    def _detect(self, image_bgr: Image) -> Floats:
        self._detector.setInputSize((image_bgr.shape[1], image_bgr.shape[0]))
        found = self._detector.detect(image_bgr)[1]
        if found is None:
            return np.zeros((0, 15), np.float32)
        return np.asarray(found, np.float32)

    def _feature(self, image_bgr: Image, face: Floats) -> Floats:
        # The network's output is a view of its own memory, which the next face overwrites.
        return np.array(self._recognizer.feature(self._recognizer.alignCrop(image_bgr, face)), np.float32)

    def _name_of(self, feature: Floats) -> str | None:
        cosine = cv2.FaceRecognizerSF_FR_COSINE
        scores = [self._recognizer.match(feature, known, cosine) for known in self._known]
        if not scores or max(scores) < self._COSINE:
            return None
        return self._names[int(np.argmax(scores))]


def find_face_recognition() -> FaceRecognitionModule | AbsentPeer:
    """Import face_recognition if it is installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it uses a part of setuptools that is deprecated
            return cast(FaceRecognitionModule, importlib.import_module("face_recognition"))
    except ImportError as error:
        return AbsentPeer(FACE_RECOGNITION, str(error), None)
    except SystemExit:
        # The package exits like this if its models' package is missing.
        return AbsentPeer(FACE_RECOGNITION, "its package face_recognition_models or setuptools<81 is missing", None)


@contextmanager
def opencv_peer(
    store: WeightsStore, people: Iterable[DemoPerson]
) -> Iterator[tuple[OpenCvPeer | AbsentPeer, PeerNote | None]]:
    """Create OpenCV's loop with the shipped weights.

    OpenCV 5 does not run the block-quantised SFace file. The same weights are then written to a temporary file as the
    floats they represent, which the note reports. If OpenCV rejects that too, `thorough` stands in: the same two
    networks on every face of every frame.
    """
    shipped = store.path("sface-2021dec")
    reason = _refusal(shipped)
    if reason is None:
        yield _opencv(store, shipped, people), None
        return
    with tempfile.TemporaryDirectory(prefix="metaface-bench-") as folder:
        plain = Path(folder) / "sface.onnx"
        write_plain_onnx(shipped, plain)
        if (second := _refusal(plain)) is not None:
            yield AbsentPeer(OPENCV, second, "thorough"), None
            return
        text = f"OpenCV {cv2.__version__} does not run the block-quantised SFace, so its weights as floats: {reason}"
        yield _opencv(store, plain, people), PeerNote(OPENCV, text)


def _opencv(store: WeightsStore, sface: Path, people: Iterable[DemoPerson]) -> OpenCvPeer:
    with quiet_opencv():
        detector = cv2.FaceDetectorYN.create(str(store.path("yunet-2023mar")), "", (640, 360))
        return OpenCvPeer(detector, cv2.FaceRecognizerSF.create(str(sface), ""), people)


def _refusal(path: Path) -> str | None:
    """Return why OpenCV does not run this SFace; None if it does."""
    try:
        with quiet_opencv():
            feature = cv2.FaceRecognizerSF.create(str(path), "").feature(np.zeros((112, 112, 3), np.uint8))
    except cv2.error as error:
        return " ".join(error.err.split()) if error.err else str(error)
    return None if np.isfinite(feature).all() else "its output is not finite"


def write_plain_onnx(quantised: Path, plain: Path) -> None:
    """Write a block-quantised ONNX file's network with float weights: the same function, without `DequantizeLinear`.

    Raises:
        WeightsError: if the file is not readable ONNX.
    """
    weights = read_onnx_weights(quantised)
    model = onnx.load(str(quantised))
    graph = model.graph
    named: dict[str, str] = {}
    kept = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            named[node.output[0]] = node.input[0].removesuffix("_quantized")
        elif node.op_type == "Reshape" and node.input[0] in named:
            named[node.output[0]] = named[node.input[0]]
        else:
            kept.append(node)
    for node in kept:
        for index, name in enumerate(node.input):
            node.input[index] = named.get(name, name)
    used = {name for node in kept for name in node.input}
    others = [tensor for tensor in graph.initializer if tensor.name in used and tensor.name not in weights]
    floats = [numpy_helper.from_array(array, name) for name, array in weights.items() if name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend([*others, *floats])
    onnx.save(model, str(plain))


def measure_peers(
    models: BenchModels,
    clips: Sequence[Clip],
    people: tuple[DemoPerson, ...],
    *,
    repeats: int,
    sizes: Sequence[tuple[int, int]] = PEER_SIZES,
    on_step: OnStep = lambda _: None,
) -> PeersFigures:
    """Race MetaFace with thorough, file and live attention against the available peers, on the same clips."""
    absent, notes, races = list[AbsentPeer](), list[PeerNote](), list[RaceFigures]()
    learner = (models.settings.learner,)
    contenders: list[Contender] = [
        PipelineContender("thorough", models.pipeline(THOROUGH, learner)),
        PipelineContender("file", models.pipeline(FILE, learner)),
        PipelineContender("live", models.pipeline(LIVE, learner)),
    ]
    with opencv_peer(models.store, people) as (opencv, note):
        notes += [note] if note else []
        if isinstance(opencv, AbsentPeer):
            absent.append(opencv)
        else:
            contenders.append(opencv)
        module = find_face_recognition()
        if isinstance(module, AbsentPeer):
            absent.append(module)
        else:
            contenders.append(FaceRecognitionPeer(module, people))
        ours = ("live", "file", "thorough")
        ratios = [("live", "thorough"), ("file", "thorough")]
        ratios += [(key, peer.key) for peer in contenders[len(ours) :] for key in ours]
        for width, height in sizes:
            small = (resized(clip, width, height) for clip in clips)
            races.append(race(contenders, small, repeats=repeats, ratios=ratios, on_step=on_step))
    return PeersFigures(tuple(races), tuple(absent), tuple(notes))
