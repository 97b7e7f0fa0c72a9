"""What holds for any input: pictures, sources, chips, decisions, groups of unknown people, whole sequences of frames.

Examples by hand are beside these, in the tests of each module.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.pixels import as_bgr
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.pipeline.detection.align import crop_transforms
from metaface_gui.pipeline.detection.chip import chip
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.attention import LIVE, THOROUGH
from metaface_gui.pipeline.recognition.cohort import CohortGenerator
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.pipeline.rendering.fonts import FontFinder
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.pipeline.unknown_faces import UnknownFaces
from metaface_gui.settings import DEFAULT_SHOTS, RecognitionSettings
from metaface_gui.types import (
    UNKNOWN,
    FaceDetection,
    FaceDetections,
    FaceQuality,
    Floats,
    Frame,
    FrameResult,
    Identification,
    Image,
    QualityIssue,
    TrackedFace,
)
from tests.pipeline.samples import sample, unit
from tests.soak.crowd import CrowdDetector, CrowdEmbedder

coordinate = st.floats(-400, 800, width=32)
anything = st.floats(width=32)


def boxes(value: st.SearchStrategy[float]) -> st.SearchStrategy[Floats]:
    return hnp.arrays(np.float32, 4, elements=value)


# Pictures and sources ------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int16, np.float32, np.float64, np.bool_, np.complex64]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    )
)
def test_whatever_a_driver_gives_is_a_picture_or_nothing(given_picture: np.ndarray) -> None:
    picture = as_bgr(given_picture)
    if picture is not None:
        assert picture.dtype == np.uint8
        assert picture.shape == (*given_picture.shape[:2], 3)
        Frame(picture, 0, 0.0, 0)  # it takes it
        again = as_bgr(picture)
        assert again is not None
        assert (again == picture).all()


@settings(max_examples=80, deadline=None)
@given(st.text() | st.from_regex(r"(https?|rtsp|file)://.*|[0-9]+|demo.*|/.*", fullmatch=True))
@example("\0")
@example("x" * 100_000)
@example("²")
def test_any_text_is_a_source_or_a_sentence(text: str) -> None:
    try:
        spec = parse_source(text)
    except SourceError as error:
        refusal = str(error)
    else:
        assert spec.text == text
        assert parse_source(spec.text) == spec
        return
    assert len(refusal) < 400


# Detection -----------------------------------------------------------------------------------------------------------


@st.composite
def faces(draw: st.DrawFn) -> FaceDetection:
    """A face anywhere, of any size and turn, also partly or wholly beyond the picture."""
    points = np.array([[-0.3, -0.2], [0.3, -0.2], [0.0, 0.1], [-0.2, 0.35], [0.2, 0.35]])
    angle = draw(st.floats(-3.2, 3.2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    scale, centre = draw(st.floats(4, 900)), np.array(draw(st.tuples(coordinate, coordinate)))
    landmarks = (points @ turn.T * scale + centre).astype(np.float32)
    low, high = landmarks.min(0) - 0.2 * scale, landmarks.max(0) + 0.2 * scale
    return FaceDetection(np.concatenate([low, high]).astype(np.float32), landmarks, 0.9)


@settings(max_examples=60, deadline=None)
@given(faces(), st.integers(1, 300), st.integers(1, 300), st.integers(16, 400))
def test_a_chip_is_small_and_lies_on_the_face_or_the_face_is_outside(
    face: FaceDetection, height: int, width: int, max_side: int
) -> None:
    image = np.random.default_rng(height).integers(0, 255, (height, width, 3), np.uint8)
    try:
        cut = chip(image, face, max_side)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert "outside" in refusal
        return
    assert max(cut.image_bgr.shape[:2]) <= max(max_side, 1)
    assert cut.image_bgr.size > 0
    # Landmarks in the chip are those in the image, moved and scaled alike in both directions, up to a pixel's rounding.
    before, after = face.landmarks - face.landmarks[2], cut.landmarks - cut.landmarks[2]
    scale = np.linalg.norm(after) / np.linalg.norm(before)
    assert scale <= 1.0 + 1e-3 + 1.0 / min(cut.image_bgr.shape[:2])
    assert np.isfinite(crop_transforms(cut.landmarks[None], 112)).all()


# Recognition ---------------------------------------------------------------------------------------------------------


class Cosines:
    """Scores faces by their cosine to each of the people's points."""

    def __init__(self, points: torch.Tensor) -> None:
        self._points = points
        self.n_way = len(points)

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        return features @ self._points.T


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 9), st.floats(0.001, 0.5), st.floats(0.001, 0.5), st.integers(0, 1000))
def test_a_higher_share_of_strangers_names_no_fewer_and_the_promise_holds_on_the_cohort(
    n_people: int, n_faces: int, one: float, other: float, seed: int
) -> None:
    random = torch.Generator().manual_seed(seed)
    points, probes, cohort = (
        torch.nn.functional.normalize(torch.randn(n, 8, generator=random)) for n in (n_people, n_faces, 400)
    )
    names = tuple(f"p{number}" for number in range(n_people))
    classifier = OpenSetClassifier.calibrated(
        Cosines(points), person_ids=tuple(range(1, n_people + 1)), names=names, cohort=cohort, fpir=min(one, other)
    )
    looser = classifier.with_fpir(max(one, other))
    assert looser.threshold <= classifier.threshold
    for strict_one, loose_one in zip(classifier.identify(probes), looser.identify(probes), strict=True):
        assert strict_one.is_unknown or strict_one.person_id == loose_one.person_id
        assert strict_one.nearest_id == loose_one.nearest_id
        assert strict_one.is_unknown == (strict_one.score < strict_one.threshold)
    passed = sum(not decision.is_unknown for decision in classifier.identify(cohort))
    assert passed <= min(one, other) * len(cohort) + 1e-6


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 360), st.booleans(), st.integers(0, 90_000)), max_size=60),
    st.integers(1, 4),
)
def test_unknown_people_stay_few_young_and_apart(seen: list[tuple[float, bool, int]], max_groups: int) -> None:
    memory = UnknownFaces(max_groups=max_groups, max_age_s=60.0)
    now_ns, n_taken, ids = 0, 0, set[int]()
    for angle, is_poor, wait_ms in seen:
        now_ns += wait_ms * 1_000_000
        (face,) = unit(angle)
        taken = memory.add(sample(face, 0.8, *([QualityIssue.TOO_DARK] if is_poor else [])), now_ns)
        assert taken is not is_poor
        n_taken += taken
        groups = memory.groups(now_ns)
        assert len(groups) <= max_groups
        assert all(now_ns - group.last_seen_ns <= 60e9 for group in groups)
        assert [group.last_seen_ns for group in groups] == sorted((g.last_seen_ns for g in groups), reverse=True)
        assert all(np.linalg.norm(group.mean) == pytest.approx(1.0, abs=1e-4) for group in groups)
        assert all(1 <= len(group.burst.kept) <= DEFAULT_SHOTS for group in groups)
        assert sum(group.count for group in groups) <= n_taken
        ids |= {group.id for group in groups}
    assert ids <= set(range(1, n_taken + 1))
    memory.forget_like(np.stack([group.mean for group in memory.groups(now_ns)] or unit(0.0)))
    assert not memory.groups(now_ns) or not seen


@given(st.lists(st.sampled_from("abcde")), st.sampled_from("abcde"), st.sampled_from("abcde"))
def test_who_is_compared_stays_compared_whoever_decides(compared: list[str], one: str, other: str) -> None:
    before = RecognitionSettings(learner=one, compared=tuple(compared))
    after = before.decided_by(other)
    assert after.learner == other
    assert len(set(after.learners)) == len(after.learners)
    if other in before.learners:
        assert set(after.learners) == set(before.learners)
        assert after.decided_by(one) == before
    else:
        assert set(after.compared) == set(before.compared)


# Frames --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def embedder() -> CrowdEmbedder:
    random = np.random.default_rng(0)
    means, factors = np.zeros((1, 12), np.float32), random.normal(size=(1, 12, 12)).astype(np.float32)
    told = {"embedder_id": "crowd", "embedding_dim": "8"}
    return CrowdEmbedder(CohortGenerator(np.ones(1, np.float32), means, factors, told))


class Told(CrowdDetector):
    """Finds in its picture what it was told to find, and nothing in enlarged parts of it."""

    def __init__(self, picture: Image) -> None:
        super().__init__("told")
        self.found = FaceDetections.empty()
        self._picture = picture

    def detect(self, image_bgr: Image) -> FaceDetections:
        return self.found if image_bgr is self._picture else FaceDetections.empty()


frame_faces = st.lists(faces(), max_size=4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(frame_faces, st.sampled_from([0.0, 0.03, 0.4, 2.0, -1.0])), max_size=12), st.booleans())
def test_any_sequence_of_faces_is_followed(
    embedder: CrowdEmbedder, frames: list[tuple[list[FaceDetection], float]], is_live: bool
) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    detector = Told(picture)
    pipeline = FacePipeline(detector, embedder, LIVE if is_live else THOROUGH)
    time_s, newest, live = 0.0, 0, set[int]()
    for index, (found, step) in enumerate(frames):
        time_s += step
        detector.found = FaceDetections(
            np.array([face.box_xyxy for face in found], np.float32).reshape(-1, 4),
            np.array([face.landmarks for face in found], np.float32).reshape(-1, 5, 2),
            np.full(len(found), 0.9, np.float32),
        )
        result = pipeline.process(Frame(picture, index, time_s, 0))
        ids = [face.track_id for face in result.faces]
        assert len(set(ids)) == len(ids)
        # Whoever is new gets the next numbers; a number that was passed by never comes again.
        assert all(track_id in live or track_id > newest for track_id in ids)
        newest, live = max([newest, *ids]), live | set(ids)
        assert is_live or len(result.faces) == len(found)
        for face in result.faces:
            assert np.isfinite(face.box_xyxy).all()
            assert face.embedding.shape == (8,)
            assert np.linalg.norm(face.embedding) == pytest.approx(1.0, abs=1e-4)
            assert face.identification == UNKNOWN
            assert 0.0 <= face.quality.score <= 1.0


# Drawing -------------------------------------------------------------------------------------------------------------

# Names as a gallery lets them through.
names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)
decisions = st.builds(
    Identification,
    person_id=st.none() | st.integers(1, 9),
    name=st.none() | names,
    score=st.floats(),
    threshold=st.floats(),
)


@st.composite
def tracked(draw: st.DrawFn) -> TrackedFace:
    box = np.sort(draw(boxes(coordinate)).reshape(2, 2), axis=0).reshape(4)
    keys = draw(st.lists(st.sampled_from(["maml", "reptile", "rl2", "prototypical", "?"]), unique=True))
    return TrackedFace(
        track_id=draw(st.integers(1, 99)),
        box_xyxy=box,
        landmarks=np.zeros((5, 2), np.float32),
        confidence=0.9,
        identification=draw(decisions),
        quality=FaceQuality(draw(st.floats(0, 500)), 100.0, 0.5, 0.5, 0.5),
        embedding=np.zeros(8, np.float32),
        per_learner={key: draw(decisions) for key in keys},
    )


@pytest.fixture(scope="module")
def fonts() -> FontFinder:
    """Remembers what it looked for: asking the system takes long."""
    return FontFinder()


@settings(max_examples=20, deadline=None)
@given(st.lists(tracked(), max_size=4), st.integers(1, 160), st.integers(1, 160))
def test_any_result_is_described_and_drawn_into_a_copy_of_its_frame(
    fonts: FontFinder, shown: list[TrackedFace], height: int, width: int
) -> None:
    picture = np.full((height, width, 3), 90, np.uint8)
    result = FrameResult(Frame(picture, 0, 0.0, 0), tuple(shown), 0, "maml")
    items = overlay_items(result)
    assert sorted(item.track_id for item in items) == sorted(face.track_id for face in shown)
    assert all(0.0 <= item.fill <= 1.0 and 0.0 <= item.mark <= 1.0 for item in items)
    painter = Annotator("Unknown", {"maml": "MAML"}, fonts=fonts)
    drawn = painter.paint(result)
    assert drawn.shape == picture.shape
    assert drawn.dtype == np.uint8
    assert (picture == 90).all(), "the frame itself was drawn into"
    assert (painter.paint(result) == drawn).all() or len(shown) > 1
