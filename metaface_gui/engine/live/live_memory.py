"""What the live view remembers of faces: shots of each track, and groups of unknown people; thread-safe.

Pictures in memory only, bounded in number and time. Nothing is written until the user gives a name and consent.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.engine.events import UnknownGroup
from metaface_gui.engine.people.shots import encode_picture
from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample
from metaface_gui.pipeline.explanation import Evidence
from metaface_gui.pipeline.face_pipeline import sample_of_face
from metaface_gui.pipeline.unknown_faces import UnknownFaces, UnknownGroupState, is_alike
from metaface_gui.types import Floats, FrameResult, TrackedFace

_SAMPLE_EVERY_NS = 250_000_000
_TRACK_AGE_NS = 60_000_000_000
_MAX_TRACKS = 32


@dataclass(frozen=True, slots=True)
class _TrackShots:
    """A track's good, diverse shots so far, and its newest sample, good or not.

    `evidence` summarises all its looks so far, under the embedder `embedder_id`.
    """

    burst: EnrollmentBurst
    newest: FaceSample
    sampled_ns: int
    evidence: Evidence | None
    embedder_id: str


class LiveMemory:
    """Gets every result; cuts a sample of each face four times a second, and the first good one at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tracks: dict[int, _TrackShots] = {}
        self._unknowns = UnknownFaces()
        self._pictures: dict[tuple[int, int], bytes] = {}

    def remember(self, result: FrameResult) -> bool:
        """Store what is worth keeping of a result; return True if the unknown groups changed."""
        changed = False
        now_ns = result.finished_ns
        with self._lock:
            for face in (face for face in result.faces if face.is_fresh):
                track = self._tracks.get(face.track_id)
                evidence = _evidence(face)
                if track is not None and not _is_due(track, face, now_ns):
                    self._tracks[face.track_id] = replace(track, evidence=evidence, embedder_id=result.embedder_id)
                    continue
                sample = sample_of_face(result.frame, face)
                burst = (track.burst if track else EnrollmentBurst()).offer([sample])[0]
                self._tracks[face.track_id] = _TrackShots(burst, sample, now_ns, evidence, result.embedder_id)
                if not face.identification.is_unknown:
                    # Somebody named now may have been unknown at the first looks.
                    changed |= self._unknowns.forget_like(sample.embedding[None])
                elif result.learner:  # until somebody decides, everybody is unknown, including enrolled people
                    changed |= self._unknowns.add(sample, now_ns)
            self._forget_old_tracks(now_ns)
        return changed

    def note_decisions(self, result: FrameResult) -> None:
        """Store the current decisions on faces processed before, which can change without another look."""
        with self._lock:
            for face in (face for face in result.faces if not face.is_fresh and face.track_id in self._tracks):
                track = self._tracks[face.track_id]
                self._tracks[face.track_id] = replace(track, evidence=_evidence(face), embedder_id=result.embedder_id)

    def with_shots(self, result: FrameResult) -> FrameResult:
        """Mark each face for whether its track has shots to learn from."""
        with self._lock:
            poor = {
                face.track_id
                for face in result.faces
                if face.track_id not in self._tracks or not self._tracks[face.track_id].burst.kept
            }
        if not poor:
            return result
        faces = tuple(replace(face, has_shots=False) if face.track_id in poor else face for face in result.faces)
        return replace(result, faces=faces)

    def samples_of_track(self, track_id: int) -> tuple[FaceSample, ...]:
        """Return a track's good shots; empty if it never had one or is long gone."""
        with self._lock:
            track = self._tracks.get(track_id)
        return tuple(shot.sample for shot in track.burst.kept) if track else ()

    def best_of_track(self, track_id: int, count: int = 1) -> tuple[FaceSample, ...]:
        """Return a track's good shot with the best picture, and up to `count` - 1 others that differ most from it.

        Empty as `samples_of_track`.
        """
        samples = self.samples_of_track(track_id)
        if not samples:
            return ()
        best = max(samples, key=lambda sample: sample.quality.score)
        return _differing(best, [sample for sample in samples if sample is not best], count)

    def evidence_of_track(self, track_id: int, embedder_id: str) -> Evidence | None:
        """Return the evidence of all looks at a track; None if it is long gone or was seen by another embedder."""
        with self._lock:
            track = self._tracks.get(track_id)
        return None if track is None or track.embedder_id != embedder_id else track.evidence

    def latest_of_track(self, track_id: int, count: int) -> tuple[FaceSample, ...]:
        """Return a track's newest sample, good or not, and up to `count` - 1 good shots that differ most from it.

        Empty if it is long gone. For statements about a face as it is now.
        """
        with self._lock:
            track = self._tracks.get(track_id)
        if track is None:
            return ()
        others = [shot.sample for shot in track.burst.kept if shot.sample is not track.newest]
        return _differing(track.newest, others, count)

    def samples_of_unknown(self, group_id: int, now_ns: int) -> tuple[FaceSample, ...]:
        """Return the good shots of an unknown group; empty if it is gone."""
        with self._lock:
            groups = {group.id: group for group in self._unknowns.groups(now_ns)}
        return tuple(shot.sample for shot in groups[group_id].burst.kept) if group_id in groups else ()

    def unknown_groups(self, now_ns: int) -> tuple[UnknownGroup, ...]:
        """Return the unknown people seen recently, the latest first."""
        with self._lock:
            groups = self._unknowns.groups(now_ns)
            known = {(group.id, _best_shot(group)) for group in groups}
            self._pictures = {key: picture for key, picture in self._pictures.items() if key in known}
            return tuple(
                UnknownGroup(group.id, self._picture(group), group.count, group.last_seen_ns) for group in groups
            )

    def forget_unknown(self, group_id: int) -> None:
        """Drop one group."""
        with self._lock:
            self._unknowns.forget(group_id)

    def forget_named(self, samples: tuple[FaceSample, ...]) -> None:
        """Drop the groups that look like these samples, because they now have a name."""
        if samples:
            with self._lock:
                self._unknowns.forget_like(np.stack([sample.embedding for sample in samples]))

    def forget_groups_like(self, embeddings: Floats) -> None:
        """Drop the groups that look like these (n, d) unit-length faces, because they are enrolled."""
        with self._lock:
            self._unknowns.forget_like(embeddings)

    def forget_faces(self, embeddings: Floats) -> None:
        """Drop the groups and tracks that look like these (n, d) unit-length faces, of which nothing may be kept.

        Somebody still before the camera will be seen again, as an unknown.
        """
        with self._lock:
            # If the embedder has changed since, tracks seen by the former one are dropped by age.
            alike = [key for key, track in self._tracks.items() if is_alike(track.newest.embedding, embeddings)]
            for key in alike:
                del self._tracks[key]
            # Other faces may have been taken for the deleted person; the next look decides again.
            self._tracks = {key: replace(track, evidence=None) for key, track in self._tracks.items()}
            self._unknowns.forget_like(embeddings)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._tracks.clear()
            self._unknowns.clear()
            self._pictures.clear()

    def _picture(self, group: UnknownGroupState) -> bytes:
        key = (group.id, _best_shot(group))
        if key not in self._pictures:
            best = next(shot for shot in group.burst.kept if shot.id == key[1])
            self._pictures[key] = encode_picture(best.sample.chip_bgr)
        return self._pictures[key]

    def _forget_old_tracks(self, now_ns: int) -> None:
        fresh = {key: t for key, t in self._tracks.items() if now_ns - t.sampled_ns <= _TRACK_AGE_NS}
        newest = sorted(fresh, key=lambda key: fresh[key].sampled_ns)[-_MAX_TRACKS:]
        self._tracks = {key: fresh[key] for key in newest}


def _evidence(face: TrackedFace) -> Evidence | None:
    return None if face.template is None else Evidence(face.template, face.identification.person_id)


def _is_due(track: _TrackShots, face: TrackedFace, now_ns: int) -> bool:
    """Return whether a track needs a new sample: it is time, or this is its first good shot."""
    is_first_good = not track.burst.kept and not face.quality.issues
    return is_first_good or now_ns - track.sampled_ns >= _SAMPLE_EVERY_NS


def _differing(first: FaceSample, others: Sequence[FaceSample], count: int) -> tuple[FaceSample, ...]:
    """Return `first`, then repeatedly the sample farthest from all chosen ones, as `EnrollmentBurst` chooses."""
    chosen, left = [first], list(others)
    while left and len(chosen) < count:
        likeness = [max(float(one.embedding @ other.embedding) for other in chosen) for one in left]
        chosen.append(left.pop(int(np.argmin(likeness))))
    return tuple(chosen)


def _best_shot(group: UnknownGroupState) -> int:
    return max(group.burst.kept, key=lambda shot: shot.sample.quality.score).id
