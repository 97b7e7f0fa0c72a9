"""`metaface enroll NAME PATH... --gallery PATH`: enrol a person from images, folders or videos."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from metaface_gui.cli.options import recognition_settings
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.engine.people.file_enrollment import Offered, Unreadable, faces_in_files
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_COMMAND_LINE, Terms, consent
from metaface_gui.engine.people.retention import kept_for, kept_through
from metaface_gui.engine.people.same_face import likely_same, stored_duplicates
from metaface_gui.engine.people.shots import new_shots
from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import Gallery, Retention, ShotSource, clean_name
from metaface_gui.i18n import advice_text, error_text, refusal_text, translate
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.enrollment import EnrollmentBurst
from metaface_gui.types import QualityIssue


def _retention(args: argparse.Namespace) -> Retention | None:
    now = datetime.now(UTC)
    if args.keep_until is not None:
        return kept_through(args.keep_until, now)
    return None if args.keep_days is None else kept_for(args.keep_days, now)


def run(args: argparse.Namespace) -> int:
    """Enrol the person; return the exit code."""
    name = clean_name(args.name)
    terms = Terms(given_by=CONSENT_ON_COMMAND_LINE, retention=_retention(args))
    tune_process()
    console = Console(highlight=False)
    with Gallery.open(args.gallery) as gallery:
        pipeline = build_pipeline(recognition_settings(args), default_store())
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(translate("Commands", "reading"), total=1.0)
            looked_at = faces_in_files(args.paths, pipeline, lambda share: bar.update(task, completed=share))
            burst, issues = _collect(looked_at, EnrollmentBurst(wanted=args.shots), console)
        samples = [shot.sample for shot in burst.kept]
        if not samples:
            raise _nothing_usable(issues, name)
        person = gallery.find(name)
        templates = gallery.templates(pipeline.embedder.id, with_hidden=True)
        shots = new_shots(samples, pipeline, ShotSource.FILE)
        if person is not None:
            known = stored_duplicates(templates, shots, pipeline.embedder.space, person.id)
            if len(known) < len(shots) or terms.retention is None:  # a new period needs a shot to be saved with
                shots = [shot for shot in shots if not any(shot is each for each in known)]
                if known:
                    text = translate(
                        "Commands",
                        "{name}: shots not added, as they are too similar to stored ones: {count}",
                        name=escape(person.name),
                        count=len(known),
                    )
                    console.print(text, soft_wrap=True)
        others = [other for other in gallery.snapshot().people if person is None or other.id != person.id]
        for other in likely_same(templates, samples, others):
            text = translate(
                "Commands",
                "{name} looks like {other}, who is already enrolled. If they are the same person, merge them: "
                "metaface gallery merge",
                name=escape(name),
                other=escape(other.name),
            )
            console.print(text, soft_wrap=True)
        if person is None:
            gallery.enroll(name, shots, consent(terms=terms))
        elif shots:
            # An explicit period is a new agreement; without one, the existing agreement continues.
            gallery.add_shots(person.id, shots, consent(terms=terms) if terms.retention else None)
    console.print(
        translate("Commands", "{name}: shots saved: {count}", name=escape(name), count=len(shots)),
        soft_wrap=True,
    )
    if person is not None and person.is_hidden:
        text = translate(
            "Commands",
            "{name} is hidden and so still not recognised. To change that: “metaface gallery unhide NAME”.",
            name=escape(person.name),
        )
        console.print(text, soft_wrap=True)
    return 0


def _collect(
    looked_at: Iterable[Offered | Unreadable], burst: EnrollmentBurst, console: Console
) -> tuple[EnrollmentBurst, Counter[QualityIssue]]:
    """Offer every picture's faces to the burst, print which were refused and why, and count the reasons."""
    issues = Counter[QualityIssue]()
    for item in looked_at:
        if isinstance(item, Unreadable):
            console.print(f"{item.title}: {error_text(item.error)}", markup=False, soft_wrap=True)
            continue
        burst, issue = burst.offer(item.samples)
        if issue is not None:
            issues[issue] += 1
            reason = translate("Commands", "refused: {reason}", reason=refusal_text(issue))
            console.print(f"{item.title}: {reason}", markup=False, soft_wrap=True)
    return burst, issues


def _nothing_usable(issues: Counter[QualityIssue], name: str) -> EnrollmentError:
    """Return the error for when there is no usable shot, with advice."""
    if not issues:
        text = QT_TRANSLATE_NOOP("Errors", "No picture of “{name}” could be read: nothing was saved.")
        return EnrollmentError(text, name=name)
    text = QT_TRANSLATE_NOOP("Errors", "No usable shot of “{name}”: nothing was saved. {advice}")
    return EnrollmentError(text, name=name, advice=advice_text(issues.elements()))
