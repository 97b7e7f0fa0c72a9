"""What a window may ask of the engine. Every call is thread-safe, returns at once and is answered by events.

What is a piece of work returns its id: its progress (`JobChanged`), what it comes to and its end (`RequestEnded`, the
last of them, whatever became of it) carry the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.engine.studio.side import Side
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.types import Frame, PersonId, RequestId


class SourceApi(Protocol):
    """What is looked at."""

    def open(self, spec: SourceSpec) -> None:
        """Close the running source and open this one. Answered by `SourceChanged`."""

    def close(self) -> None:
        """Stop capturing. Answered by `SourceChanged`."""

    def set_paused(self, paused: bool) -> None:
        """Freeze or go on. Answered by `SourceChanged`."""

    def seek(self, index: int) -> None:
        """Go on with the frame of this number of a source that has `SourceChanged.n_frames`; while paused, show it."""

    def set_looping(self, loops: bool) -> None:
        """Begin files and folders again at their end, or leave them at it (as the engine does at first)."""

    def set_environment(self, setting: EnvironmentSetting) -> None:
        """Photograph every frame from now on as a camera would in this place, and a frozen one again: what is shown is
        what is recognised. Answered by `EnvironmentChanged`."""


class ModelsApi(Protocol):
    """Which models run and which methods decide."""

    def set_detector(self, key: str) -> None:
        """Use another detector. Answered by `ModelsChanged`."""

    def set_embedder(self, key: str) -> None:
        """Use another embedder; templates are computed again from the stored shots, as a job. `ModelsChanged`."""

    def set_device(self, name: str) -> None:
        """Compute on `auto`, `cpu`, `cuda` or `mps`. Answered by `ModelsChanged`."""

    def set_learner(self, key: str) -> None:
        """Adapt with another learner. Answered by `ModelsChanged` and `Adapted`."""

    def set_fpir(self, fpir: float) -> None:
        """Let this share of strangers pass (0..1, excluded). Answered by `ModelsChanged`."""

    def set_compared(self, keys: Sequence[str]) -> None:
        """Run these learners beside the deciding one, on the same frames. `ModelsChanged`, an `Adapted` each, then
        `ComparisonChanged` twice a second."""

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Turn a learner's knobs: an instance of its `settings_type`, None for its defaults. `ModelsChanged`; a learner
        that runs is adapted again: `AdaptStepTaken`, `Adapted`, `AdaptationEvaluated`."""

    def fetch_weights(self, name: str) -> RequestId:
        """Download weights that do not ship, as a job. Only ever called when the user asked for it."""


class RoomApi(Protocol):
    """Adapting to the room's unlabelled faces."""

    def set_used(self, use: bool) -> None:
        """Adapt to unlabelled faces that the same source showed earlier too, kept in memory only; else forget them.
        Answered by `ModelsChanged`; from then on `RoomChanged`, and an `Adapted` each time that the room was news."""

    def adapt(self) -> None:
        """Adapt to the unlabelled faces that were seen so far, though no more often than every few seconds.
        `RoomChanged` and an `Adapted` each."""

    def undo(self) -> None:
        """Take the last adaptation to the room's faces back; nothing is adapted to them by itself before
        `adapt`. `RoomChanged` and an `Adapted` each."""


class EnrollmentApi(Protocol):
    """The one running enrolment, answered by `EnrollmentChanged`."""

    def start(self) -> None:
        """Keep good, diverse shots of the one face before the camera until `stop`."""

    def stop(self) -> None:
        """Stop keeping shots; those kept stay until `save` or `discard`."""

    def add_files(self, paths: Sequence[Path]) -> RequestId:
        """Take shots from images, folders and videos, as a job."""

    def remove(self, shot_id: int) -> None:
        """Leave out one kept shot."""

    def undo(self) -> None:
        """Bring back the shot that was removed last."""

    def discard(self) -> None:
        """Throw all kept shots away."""

    def save(self, enrollee: Enrollee) -> RequestId:
        """Save the kept shots; then adapt."""


class FacesApi(Protocol):
    """“Who is this?”: naming and correcting faces on screen and in the unknown tray."""

    def name_track(self, track_id: int, enrollee: Enrollee, *, not_id: PersonId | None = None) -> RequestId:
        """Enrol the face that carries this track id from what was seen of it.

        `not_id`: whom the face was wrongly taken for; rejected, as by `reject_track`, if it is saved."""

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face is that enrolled person: the best of what was seen of it joins their shots. Answered by
        `GalleryChanged`, `Undoable` and `TaughtTrack`."""

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face is not that person: remembered for good, whatever the method. Answered as
        `confirm_track`."""

    def name_unknown(self, group_id: int, enrollee: Enrollee) -> RequestId:
        """Enrol a group of the unknown tray."""

    def dismiss_unknown(self, group_id: int) -> None:
        """Forget a group of the unknown tray."""


class PeopleApi(Protocol):
    """Who is enrolled."""

    def rename(self, person_id: PersonId, name: str) -> RequestId:
        """Give another name. Answered by `GalleryChanged` and `Undoable`."""

    def merge(self, into_id: PersonId, from_id: PersonId) -> RequestId:
        """Move all shots of one person to another. Answered by `GalleryChanged` and `Undoable`."""

    def delete(self, person_id: PersonId) -> RequestId:
        """Delete, for good once the `Undoable` has expired or the engine stops."""

    def delete_shot(self, shot_id: int) -> RequestId:
        """Delete one saved shot; as `delete`."""

    def set_cover(self, shot_id: int) -> RequestId:
        """Let this shot stand for the person whose it is. Answered by `GalleryChanged` and `Undoable`."""

    def set_hidden(self, person_id: PersonId, *, is_hidden: bool) -> RequestId:
        """Hide a person: they stay in the gallery but are not recognised; or recognise them again. Answered by
        `GalleryChanged` and `Undoable`."""

    def tell_apart(self, one_id: PersonId, other_id: PersonId) -> RequestId:
        """Remember that two people are two: `find_likely_pairs` does not name them again. Answered by `GalleryChanged`
        and `Undoable`."""

    def find_likely_pairs(self) -> RequestId:
        """Look for people who may be one. Answered by `LikelyPairsFound`; nobody is ever merged by it."""

    def weigh_shot(self, shot_id: int) -> RequestId:
        """Measure what one saved shot changes; the shot weighed before it is given up. Answered by `ShotWeighed`."""

    def undo(self, token: int) -> RequestId:
        """Bring back what an `Undoable` names."""

    def load_shots(self, person_id: PersonId) -> RequestId:
        """Read a person's shots. Answered by `ShotsRead`."""

    def export_to(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Write everybody to one file, as a job; without a passphrase it is not encrypted."""

    def load_needs_passphrase(self, path: Path) -> RequestId:
        """Look whether a file can only be imported with a passphrase. Answered by `ImportLookedAt`."""

    def import_from(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Add everybody in an exported file, as a job."""


class StudioApi(Protocol):
    """What the studio's pages ask for."""

    def reset_comparison(self) -> None:
        """Reset the running tallies. Answered by `ComparisonChanged`."""

    def set_map_learner(self, key: str | None) -> None:
        """Draw the embedding map in this learner's adapted space, and put faces on it; None: no map. `MapChanged`."""

    def self_test(self) -> RequestId:
        """Score every method on the enrolled shots, each left out in turn, as a job. Answered by `SelfTested`."""

    def explain_track(self, track_id: int) -> RequestId:
        """Say why the face that carries this track id has its name. Answered by `Explained`."""


class SidesApi(Protocol):
    """Before and after."""

    def want(self, sides: tuple[Side, ...]) -> None:
        """Compare two ways of deciding on the same frames, beside what decides; () for none. `SidesChanged`."""


class RecordingApi(Protocol):
    """Recording what is shown."""

    def start(self, folder: Path) -> None:
        """Record the session: an annotated video, a line a frame (JSONL) and a line a face (CSV), in new files of this
        folder. Answered by `SessionRecordingChanged`."""

    def stop(self) -> None:
        """End the recording and finish its files. Answered by `SessionRecordingChanged`."""

    def save_snapshot(self, path: Path) -> None:
        """Write the newest looked-at frame, annotated, as a picture. Answered by `SessionRecordingChanged`."""


class JobsApi(Protocol):
    """Work that is under way."""

    def cancel(self, job_id: RequestId) -> None:
        """Ask a job to stop at its next step."""


class EngineApi(Protocol):
    """The engine as its listener sees it; `engine.Engine` is the real one, tests put another in its place."""

    @property
    def preview(self) -> LatestSlot[Frame]:
        """The newest camera frame, for painting; filled before each `FrameReady`."""

    @property
    def source(self) -> SourceApi:
        """What is looked at."""

    @property
    def models(self) -> ModelsApi:
        """Which models run and which methods decide."""

    @property
    def room(self) -> RoomApi:
        """Adapting to the room's unlabelled faces."""

    @property
    def enrollment(self) -> EnrollmentApi:
        """The one running enrolment, answered by `EnrollmentChanged`."""

    @property
    def faces(self) -> FacesApi:
        """“Who is this?”: naming and correcting faces on screen and in the unknown tray."""

    @property
    def people(self) -> PeopleApi:
        """Who is enrolled."""

    @property
    def privacy(self) -> PrivacyApi:
        """What may be asked about what is stored of people."""

    @property
    def studio(self) -> StudioApi:
        """What the studio's pages ask for."""

    @property
    def sides(self) -> SidesApi:
        """Before and after."""

    @property
    def recording(self) -> RecordingApi:
        """Recording what is shown."""

    @property
    def jobs(self) -> JobsApi:
        """Work that is under way."""
