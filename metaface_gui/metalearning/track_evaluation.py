"""Meta-testing of tracks: what several looks at a face are worth, and whether the promise about strangers holds then.

The episodes are those of `protocol`; shots are clean stills, and what is recognised are tracks made from the probes'
and strangers' stills (`tracks`). They go through what a video's faces go through: the track's template, the sequential
decision, its thresholds. A stranger's track breaks the promise if it has a name at any of its looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metaface_gui.metalearning import tracks
from metaface_gui.metalearning.conditions import CROP_SIZE
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.feature_cache import face_number, faces_key, features_key
from metaface_gui.metalearning.growing_array import open_growing_array
from metaface_gui.metalearning.metrics import EpisodeScores, interval_over_episodes, tpir_at_fpir
from metaface_gui.metalearning.optics import resized
from metaface_gui.metalearning.protocol import Indices, OpenSetEpisode, OpenSetProtocol
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both, mirrored_where
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import MetaLearner, SupportSet
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.pipeline.recognition.merged_picture import MergedPicture
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.pipeline.recognition.track_template import TrackTemplates, is_merging_time, wants_merging
from metaface_gui.pipeline.room import adapt_in_room
from metaface_gui.types import FaceQuality, Image

LOOKS_PER_S = 15.0
_QUALITY = FaceQuality(100.0, 120.0, 1.0, 1.0, score=1.0)
_NO_PICTURE: Image = np.zeros((0, 0, 3), np.uint8)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """What the tracks of n faces are after each of L looks: `features` (n, L, p) and `generation` (n, L) int64."""

    features: Tensor
    generation: NDArray[np.int64]

    @classmethod
    def of(cls, looks: Tensor, merged: Tensor, space: FeatureSpace) -> Templates:
        """Pool looks (n, L, p) one by one, as a video's are, with those at `merged` pictures (n, m, p): one each time
        that `is_merging_time`."""
        times = _merging_times(looks.shape[1])
        made, features = TrackTemplates(space), torch.empty_like(looks)
        generation = np.zeros(looks.shape[:2], np.int64)
        step_s, pause_s = 1.0 / LOOKS_PER_S, 10.0 + looks.shape[1] / LOOKS_PER_S
        for track in range(len(looks)):
            for look in range(looks.shape[1]):
                time_s = track * pause_s + look * step_s
                template = made.add(track, looks[track, look].numpy(), _QUALITY, time_s, _NO_PICTURE)
                if space.projection_dim and wants_merging(template):
                    template = made.add_merged(track, merged[track, times.index(look + 1)].numpy())
                features[track, look] = torch.from_numpy(template.features)
                generation[track, look] = template.generation
        return cls(features, generation)


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One learner's tracks of so many looks under one condition, with one (n_way, k_shot). Shares are fractions.

    `top1` and `tpir_at_fpir_1pct` are of the template after that many looks, as one probe; the threshold is the
    strangers' own. `fpir_achieved` is the share of strangers' tracks that had a name at any of the looks under the
    shipped thresholds, where `fpir_promised` was promised; `tpir_shipped` the share of enrolled people's tracks that
    have the right name at the last one.
    """

    data: str
    learner: str
    condition: str
    n_way: int
    k_shot: int
    looks: int
    episodes: int
    tracks: int
    strangers: int
    top1: float
    tpir_at_fpir_1pct: float
    fpir_promised: float
    fpir_achieved: float
    fpir_achieved_ci95: tuple[float, float]
    tpir_shipped: float


def _merging_times(looks: int) -> list[int]:
    return [number for number in range(1, looks + 1) if is_merging_time(number)]


def filmed_faces(protocol: OpenSetProtocol, episodes: int) -> Indices:
    """Rows of the faces that are probes or strangers in one of the first episodes, ascending: those to film."""
    dealt = [protocol.episode(number) for number in range(episodes)]
    return np.unique(np.concatenate([part for one in dealt for part in (one.probes, one.strangers)]))


def track_features(
    faces: AlignedFaces,
    embedder: FaceEmbedder,
    condition: str,
    *,
    looks: int,
    seed: int,
    cache: Path,
    progress: Progress,
) -> tuple[Tensor, Tensor]:
    """Learners' features of `looks` looks at each face, (n, looks, p) float32 on the CPU, and of its merged pictures
    (n, m, p), as `Templates.of` wants them; the draw follows from (seed, the face's path). `progress` counts faces.

    Raises:
        CacheError: if the cache folder cannot be written or its disk is full.
        KeyError: if there is no such condition.
    """
    total, dimension, times = len(faces), embedder.space.feature_dim, _merging_times(looks)
    drawn = (condition, looks, seed, tracks.VERSION)
    key = features_key("tracks by turns", embedder.id, dimension, *drawn, faces_key(faces))
    with open_growing_array(
        cache / f"tracks-{key}", (looks + len(times), dimension), np.float32, lambda: progress(0, total)
    ) as features:
        features.require_space(total - features.rows)
        for face in range(features.rows, total):
            chance = np.random.default_rng([seed, face_number(faces.paths[face])])
            seen = tracks.track_of(resized(faces.crops_rgb[face], CROP_SIZE), condition, looks, chance)
            looked_at = [resized(look, embedder.crop_size) for look in seen]
            of_looks = features_of(embedder, mirrored_where(np.arange(looks) % 2 == 1, np.stack(looked_at)))
            merged = np.asarray(_merged(looked_at, times), np.uint8).reshape(-1, *looked_at[0].shape)
            features.append(np.concatenate([of_looks, features_of_both(embedder, merged)])[None])
            progress(face + 1, total)
        made_of = torch.from_numpy(np.array(features.array()))
        return made_of[:, :looks], made_of[:, looks:]


def _merged(crops_rgb: Sequence[Image], times: Sequence[int]) -> list[Image]:
    merged, pictures = MergedPicture(crops_rgb[0]), list[Image]()
    for number, crop in enumerate(crops_rgb[1:], start=2):
        merged.add(crop)
        if number in times:
            pictures.append(merged.picture())
    return pictures


@dataclass(frozen=True, slots=True, eq=False)
class TrackGround:
    """The test people: `clean` (n, p) features of their stills, whose are `person` (n,); of the faces `filmed` (m,),
    ascending rows of these, the `templates` under each condition. `cohort` and `room_prior` as in `evaluate.Ground`."""

    data_set: str
    person: Indices
    clean: Tensor
    filmed: Indices
    templates: Mapping[str, Templates]
    cohort: Tensor
    room_prior: RoomPrior | None


def evaluate_tracks(
    ground: TrackGround,
    learners: Sequence[MetaLearner],
    protocol: OpenSetProtocol,
    looks: Sequence[int],
    *,
    episodes: int,
    fpir: float,
    progress: Progress,
) -> tuple[TrackRow, ...]:
    """Test each learner on the tracks of every condition after each number of `looks`, in that order."""
    rows: list[TrackRow] = []
    for index, learner in enumerate(learners):
        seen: dict[str, list[_Seen]] = {condition: [] for condition in ground.templates}
        for number in range(episodes):
            episode = protocol.episode(number)
            classifier = _adapted(learner, ground, episode, fpir)
            for condition, templates in ground.templates.items():
                seen[condition].append(_look(classifier, ground, templates, episode))
            progress(index * episodes + number + 1, len(learners) * episodes)
        for condition, dealt in seen.items():
            rows += [_row(dealt, ground, learner, protocol, condition, count, fpir) for count in looks]
    return tuple(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One episode's tracks after each look: `right`, `best` and `is_named_right` (q, L) of enrolled people, `strangers`
    (m, L) best scores and `has_name` (m, L) of the others."""

    right: NDArray[np.bool_]
    best: NDArray[np.float32]
    is_named_right: NDArray[np.bool_]
    strangers: NDArray[np.float32]
    has_name: NDArray[np.bool_]


def _adapted(learner: MetaLearner, ground: TrackGround, episode: OpenSetEpisode, fpir: float) -> OpenSetClassifier:
    shots = ground.clean[torch.from_numpy(episode.support)]
    support = SupportSet(shots, torch.from_numpy(episode.support_labels), episode.n_way)
    in_room = adapt_in_room(learner, support, n_people=episode.n_way)
    return in_room.calibrated(ground.cohort, fpir=fpir, room=in_room.room(ground.cohort, ground.room_prior))


def _look(classifier: OpenSetClassifier, ground: TrackGround, templates: Templates, episode: OpenSetEpisode) -> _Seen:
    best, nearest, named = _decided(classifier, templates, np.searchsorted(ground.filmed, episode.probes))
    strangers, _, of_strangers = _decided(classifier, templates, np.searchsorted(ground.filmed, episode.strangers))
    labels = episode.probe_labels[:, None]
    return _Seen(nearest == labels, best, named == labels, strangers, of_strangers >= 0)


def _decided(
    classifier: OpenSetClassifier, templates: Templates, rows: Indices
) -> tuple[NDArray[np.float32], Indices, Indices]:
    """Best scores, whose they are, and who is named (-1: nobody), (n, L) each, of the tracks in `rows` (n,)."""
    probes = templates.features[torch.from_numpy(rows)]
    shape = tuple(probes.shape[:2])
    best, nearest = (part.reshape(shape).numpy() for part in classifier.best(probes.flatten(0, 1)))
    levels, decisions = classifier.track_levels, TrackDecisions()
    answers = iter(classifier.identify(probes.flatten(0, 1), levels.entering))
    named = np.full(shape, -1, np.int64)
    for track in range(shape[0]):
        decisions.reset()
        for look in range(shape[1]):
            generation = int(templates.generation[rows[track], look])
            said = decisions.update(0, next(answers), levels.staying, look / LOOKS_PER_S, generation=generation)
            named[track, look] = -1 if said.person_id is None else said.person_id
    return best, nearest, named


def _row(  # noqa: PLR0917 - what a row is about
    dealt: Sequence[_Seen],
    ground: TrackGround,
    learner: MetaLearner,
    protocol: OpenSetProtocol,
    condition: str,
    looks: int,
    fpir: float,
) -> TrackRow:
    last = looks - 1
    scores = [
        EpisodeScores(one.right[:, last], one.best[:, last], StrangerScores.of(one.strangers[:, last : last + 1]))
        for one in dealt
    ]
    achieved = interval_over_episodes([float(one.has_name[:, :looks].any(1).mean()) for one in dealt])
    return TrackRow(
        data=ground.data_set,
        learner=learner.key,
        condition=condition,
        n_way=protocol.n_way_used,
        k_shot=protocol.k_shot,
        looks=looks,
        episodes=len(dealt),
        tracks=sum(len(one.best) for one in dealt),
        strangers=sum(len(one.strangers) for one in dealt),
        top1=float(np.mean([one.top1 for one in scores])),
        tpir_at_fpir_1pct=tpir_at_fpir(scores, 0.01).tpir,
        fpir_promised=fpir,
        fpir_achieved=achieved.mean,
        fpir_achieved_ci95=(achieved.low, achieved.high),
        tpir_shipped=float(np.mean([one.is_named_right[:, last].mean() for one in dealt])),
    )
