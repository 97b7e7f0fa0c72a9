"""The engine's interface for a window: every call is thread-safe, returns at once and is answered by events.

A call that starts a piece of work returns a request id, which its progress (`JobChanged`), its results and its end
(`RequestEnded`, always the last of them, whatever the outcome) carry.
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
    """Controls what is captured."""

    def open(self, spec: SourceSpec) -> None:
        """Close the running source and open this one. Answered by `SourceChanged`."""

    def close(self) -> None:
        """Stop capturing. Answered by `SourceChanged`."""

    def set_paused(self, paused: bool) -> None:
        """Freeze or resume. Answered by `SourceChanged`."""

    def seek(self, index: int) -> None:
        """Continue at this frame number, or show it while paused, if the source has `SourceChanged.n_frames`."""

    def set_looping(self, loops: bool) -> None:
        """Replay files and folders when they end, or stop there (the engine's initial setting)."""

    def set_environment(self, setting: EnvironmentSetting) -> None:
        """Render every frame from now on, and a frozen one again, as if photographed in this environment.

        Recognition runs on what is shown. Answered by `EnvironmentChanged`.
        """


class ModelsApi(Protocol):
    """Which models run and which methods decide."""

    def set_detector(self, key: str) -> None:
        """Use another detector. Answered by `ModelsChanged`."""

    def set_embedder(self, key: str) -> None:
        """Use another embedder; a job recomputes the templates from the stored shots. Answered by `ModelsChanged`."""

    def set_device(self, name: str) -> None:
        """Compute on `auto`, `cpu`, `cuda` or `mps`. Answered by `ModelsChanged`."""

    def set_learner(self, key: str) -> None:
        """Adapt with another learner. Answered by `ModelsChanged` and `Adapted`."""

    def set_fpir(self, fpir: float) -> None:
        """Set the share of strangers that may pass (between 0 and 1, both excluded). Answered by `ModelsChanged`."""

    def set_compared(self, keys: Sequence[str]) -> None:
        """Run these learners beside the deciding one, on the same frames.

        Answered by `ModelsChanged`, one `Adapted` each, then `ComparisonChanged` twice a second.
        """

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Set a learner's hyper-parameters: an instance of its `settings_type`, or None for its defaults.

        Answered by `ModelsChanged`; a running learner is re-adapted: `AdaptStepTaken`, `Adapted`,
        `AdaptationEvaluated`.
        """

    def fetch_weights(self, name: str) -> RequestId:
        """Download weights that do not ship, as a job. Only called at the user's request."""


class RoomApi(Protocol):
    """Adapting to the room's unlabelled faces."""

    def set_used(self, use: bool) -> None:
        """Also adapt to unlabelled faces that this source showed earlier, kept in memory only; if false, forget them.

        Answered by `ModelsChanged`; then by `RoomChanged`, and by `Adapted` whenever the room had changed.
        """

    def adapt(self) -> None:
        """Adapt to the unlabelled faces seen so far, every few seconds at most. `RoomChanged`, one `Adapted` each."""

    def undo(self) -> None:
        """Undo the last adaptation to the room's faces and suspend automatic ones until `adapt` is called.

        Answered by `RoomChanged` and one `Adapted` per learner.
        """


class EnrollmentApi(Protocol):
    """The one running enrolment; answered by `EnrollmentChanged`."""

    def start(self) -> None:
        """Keep good, diverse shots of the only face before the camera until `stop`."""

    def stop(self) -> None:
        """Stop keeping shots; those kept stay until `save` or `discard`."""

    def add_files(self, paths: Sequence[Path]) -> RequestId:
        """Take shots from images, folders and videos, as a job."""

    def remove(self, shot_id: int) -> None:
        """Remove one kept shot."""

    def undo(self) -> None:
        """Restore the shot that was removed last."""

    def discard(self) -> None:
        """Discard all kept shots."""

    def save(self, enrollee: Enrollee) -> RequestId:
        """Save the kept shots; then adapt."""


class FacesApi(Protocol):
    """“Who is this?”: name and correct faces on screen and in the unknown tray."""

    def name_track(self, track_id: int, enrollee: Enrollee, *, not_id: PersonId | None = None) -> RequestId:
        """Enrol the face with this track id from the looks seen of it.

        `not_id` is the person it was mistaken for; if the face is saved, that is rejected, as by `reject_track`.
        """

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Confirm that this face is that enrolled person: its best looks are added to their shots.

        Answered by `GalleryChanged`, `Undoable` and `TaughtTrack`.
        """

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Deny that this face is that person, permanently and for every method. Answered as `confirm_track`."""

    def name_unknown(self, group_id: int, enrollee: Enrollee) -> RequestId:
        """Enrol a group of the unknown tray."""

    def dismiss_unknown(self, group_id: int) -> None:
        """Discard a group of the unknown tray."""


class PeopleApi(Protocol):
    """Who is enrolled."""

    def rename(self, person_id: PersonId, name: str) -> RequestId:
        """Rename a person. Answered by `GalleryChanged` and `Undoable`."""

    def merge(self, into_id: PersonId, from_id: PersonId) -> RequestId:
        """Move all shots of one person to another. Answered by `GalleryChanged` and `Undoable`."""

    def delete(self, person_id: PersonId) -> RequestId:
        """Delete a person; permanent once the `Undoable` has expired or the engine stops."""

    def delete_shot(self, shot_id: int) -> RequestId:
        """Delete one saved shot; permanent as with `delete`."""

    def set_cover(self, shot_id: int) -> RequestId:
        """Make this shot its person's cover. Answered by `GalleryChanged` and `Undoable`."""

    def set_hidden(self, person_id: PersonId, *, is_hidden: bool) -> RequestId:
        """Hide a person (stored, but not recognised) or undo that. Answered by `GalleryChanged` and `Undoable`."""

    def tell_apart(self, one_id: PersonId, other_id: PersonId) -> RequestId:
        """Record that two people differ, so `find_likely_pairs` omits them. `GalleryChanged` and `Undoable`."""

    def find_likely_pairs(self) -> RequestId:
        """Search for pairs who may be one person. Answered by `LikelyPairsFound`; it never merges anybody."""

    def weigh_shot(self, shot_id: int) -> RequestId:
        """Measure the effect of one saved shot, cancelling an earlier measurement. Answered by `ShotWeighed`."""

    def undo(self, token: int) -> RequestId:
        """Undo the change that an `Undoable` announced."""

    def load_shots(self, person_id: PersonId) -> RequestId:
        """Read a person's shots. Answered by `ShotsRead`."""

    def export_to(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Write everybody to one file, as a job; it is encrypted only with a passphrase."""

    def load_needs_passphrase(self, path: Path) -> RequestId:
        """Check whether importing a file needs a passphrase. Answered by `ImportLookedAt`."""

    def import_from(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Add everybody from an exported file, as a job."""


class StudioApi(Protocol):
    """Requests of the studio's pages."""

    def reset_comparison(self) -> None:
        """Reset the running tallies. Answered by `ComparisonChanged`."""

    def set_map_learner(self, key: str | None) -> None:
        """Draw the embedding map and the current faces in this learner's adapted space; None: no map. `MapChanged`."""

    def self_test(self) -> RequestId:
        """Score every method leave-one-out on the enrolled shots, as a job. Answered by `SelfTested`."""

    def explain_track(self, track_id: int) -> RequestId:
        """Explain why the face with this track id has its name. Answered by `Explained`."""


class SidesApi(Protocol):
    """Before/after comparisons."""

    def want(self, sides: tuple[Side, ...]) -> None:
        """Compare two ways of deciding on the same frames, beside the deciding one; () for none. `SidesChanged`."""


class RecordingApi(Protocol):
    """Records what is shown."""

    def start(self, folder: Path) -> None:
        """Record the session into new files here: annotated video, a line per frame (JSONL) and per face (CSV).

        Answered by `SessionRecordingChanged`.
        """

    def stop(self) -> None:
        """End the recording and finish its files. Answered by `SessionRecordingChanged`."""

    def save_snapshot(self, path: Path) -> None:
        """Save the newest processed frame, annotated, as a picture. Answered by `SessionRecordingChanged`."""


class JobsApi(Protocol):
    """Work in progress."""

    def cancel(self, job_id: RequestId) -> None:
        """Ask a job to stop at its next step."""


class EngineApi(Protocol):
    """The engine as its listener sees it, implemented by `engine.Engine`; tests substitute their own."""

    @property
    def preview(self) -> LatestSlot[Frame]:
        """The newest camera frame, for painting; filled before each `FrameReady`."""

    @property
    def source(self) -> SourceApi:
        """Controls what is captured."""

    @property
    def models(self) -> ModelsApi:
        """Which models run and which methods decide."""

    @property
    def room(self) -> RoomApi:
        """Adapting to the room's unlabelled faces."""

    @property
    def enrollment(self) -> EnrollmentApi:
        """The one running enrolment; answered by `EnrollmentChanged`."""

    @property
    def faces(self) -> FacesApi:
        """“Who is this?”: name and correct faces on screen and in the unknown tray."""

    @property
    def people(self) -> PeopleApi:
        """Who is enrolled."""

    @property
    def privacy(self) -> PrivacyApi:
        """Requests about the personal data that is stored."""

    @property
    def studio(self) -> StudioApi:
        """Requests of the studio's pages."""

    @property
    def sides(self) -> SidesApi:
        """Before/after comparisons."""

    @property
    def recording(self) -> RecordingApi:
        """Records what is shown."""

    @property
    def jobs(self) -> JobsApi:
        """Work in progress."""
