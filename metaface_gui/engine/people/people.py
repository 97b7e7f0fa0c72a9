"""The window's changes to the gallery, and export and import of whole galleries, each as a job of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.events import ImportLookedAt, LikelyPairsFound, ShotsRead, ShotWeighed
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.newest_job import NewestJob
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.people.enroller import Enroller
from metaface_gui.engine.people.findings import LikelyPair, ShotEffect
from metaface_gui.engine.people.gallery_editor import GalleryEditor
from metaface_gui.engine.people.likely_pairs import LEARNER, likely_pairs
from metaface_gui.engine.people.privacy import Privacy
from metaface_gui.engine.people.shot_effect import effect_of_shot
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import ClashPolicy, OnProgress, needs_passphrase
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.types import PersonId, RequestId


class People:
    """Implements `PeopleApi`; changes run on the gallery's thread, file work on the files' thread."""

    def __init__(
        self,
        editor: GalleryEditor,
        models: ModelLoader,
        adaptations: AdaptationScheduler,
        enroller: Enroller,
        privacy: Privacy,
        *,
        runners: Runners,
    ) -> None:
        self._editor, self._models, self._adaptations = editor, models, adaptations
        self._enroller, self._privacy = enroller, privacy
        self._runners, self._listener = runners, runners.listener
        self._found: tuple[object, tuple[LikelyPair, ...]] | None = None
        self._pairs, self._weighings = NewestJob(runners.explanations), NewestJob(runners.explanations)

    def rename(self, person_id: PersonId, name: str) -> RequestId:
        """Rename a person."""
        return self.change(lambda: self._editor.rename(person_id, name))

    def merge(self, into_id: PersonId, from_id: PersonId) -> RequestId:
        """Move all shots of one person to another."""
        return self.change(lambda: self._editor.merge(into_id, from_id))

    def delete(self, person_id: PersonId) -> RequestId:
        """Delete a person, permanently once the undo has expired or the engine stops."""
        return self.change(lambda: self._privacy.delete_person(person_id))

    def delete_shot(self, shot_id: int) -> RequestId:
        """Delete one saved shot."""
        return self.change(lambda: self._editor.delete_shot(shot_id))

    def set_cover(self, shot_id: int) -> RequestId:
        """Make this shot its person's cover."""
        return self.change(lambda: self._editor.set_cover(shot_id))

    def set_hidden(self, person_id: PersonId, *, is_hidden: bool) -> RequestId:
        """Hide a person, or recognise them again."""
        return self.change(lambda: self._editor.set_hidden(person_id, is_hidden=is_hidden))

    def tell_apart(self, one_id: PersonId, other_id: PersonId) -> RequestId:
        """Record that two people are different."""
        return self.change(lambda: self._editor.tell_apart(one_id, other_id))

    def find_likely_pairs(self) -> RequestId:
        """Search for pairs who may be one person, among the people last adapted to."""

        def work(job: Job) -> None:
            situation = self._adaptations.situation()
            pairs: tuple[LikelyPair, ...] = ()
            if situation is not None:
                apart = self._editor.gallery.told_apart()
                key = situation.people.embedder_id, situation.people.revision, situation.fpir, apart
                if self._found is None or self._found[0] != key:
                    with on_one_core():
                        found = likely_pairs(situation.people, situation.assets, fpir=situation.fpir, apart=apart)
                    self._found = key, found
                pairs = self._found[1]
            self._listener(LikelyPairsFound(job.id, pairs))

        return self._pairs.submit(QT_TRANSLATE_NOOP("Jobs", "Comparing people"), work)

    def weigh_shot(self, shot_id: int) -> RequestId:
        """Measure the effect of one saved shot in the gallery as of now, even if the shot is deleted meanwhile."""
        situation = self._adaptations.situation()

        def work(job: Job) -> None:
            effect: ShotEffect | None = None
            if situation is not None:
                with on_one_core():
                    effect = effect_of_shot(
                        shot_id,
                        situation.people,
                        situation.assets,
                        fpir=situation.fpir,
                        settings=situation.hyperparameters.get(LEARNER),
                        on_step=job.progress,
                    )
            self._listener(ShotWeighed(job.id, shot_id, effect))

        return self._weighings.submit(QT_TRANSLATE_NOOP("Jobs", "Assessing a shot"), work)

    def undo(self, token: int) -> RequestId:
        """Undo the change that an `Undoable` announced."""
        return self.change(lambda: self._editor.undo(token))

    def load_shots(self, person_id: PersonId) -> RequestId:
        """Read a person's shots."""

        def work(job: Job) -> None:
            self._listener(ShotsRead(job.id, person_id, self._editor.gallery.shots(person_id)))

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Reading shots"), work)

    def export_to(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Write everybody to one file."""

        def work(job: Job) -> None:
            self._editor.gallery.export_to(path, passphrase=passphrase, on_progress=_progress_of(job))

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Exporting"), work)

    def load_needs_passphrase(self, path: Path) -> RequestId:
        """Check whether importing a file needs a passphrase."""

        def work(job: Job) -> None:
            self._listener(ImportLookedAt(job.id, needs_passphrase(path)))

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Importing"), work)

    def import_from(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Add everybody from an exported file; people whose name is taken are skipped."""

        def work(job: Job) -> None:
            self._editor.gallery.import_from(
                path, passphrase=passphrase, on_clash=ClashPolicy.SKIP, on_progress=_progress_of(job)
            )
            self._editor.publish()
            self._models.make_templates()
            self._enroller.forget_enrolled()

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Importing"), work)

    def change(self, change: Callable[[], None]) -> RequestId:
        """Change the gallery on its thread; then adapt."""

        def work(_job: Job) -> None:
            change()
            self._enroller.hold_denials()
            self._adaptations.adapt()

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Changing the gallery"), work)


def _progress_of(job: Job) -> OnProgress:
    return lambda done, of: job.progress(done / max(of, 1))
