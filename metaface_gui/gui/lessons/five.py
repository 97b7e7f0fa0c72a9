"""The five lessons."""

from __future__ import annotations

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gui.lessons.lesson import Lesson, LessonStep, Signs
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.pipeline.learners import LEARNERS

_DARK = EnvironmentSetting((("dim_light", 0.7),))
_OLD_WEBCAM = EnvironmentSetting((("colour_cast", 0.6), ("old_sensor", 1.0)))
"""Under a warm lamp, so that adapting makes a visible difference: of 46 faces, 63 % keep their names, and 98 % have
them after adapting (at half its strength, 84 and 90 % of 50 faces). Of the ten effects on their own, only this one
costs the demo's people their names for longer than a look or two. Under the other nine, nobody loses a name, or only
once faces are hardly or no longer detected, or adapting changes nothing."""
_WHERE_METHODS_DIFFER = EnvironmentSetting((("soft_focus", 0.8),))
"""So far out of focus that scores are about at the threshold, and what each method learned makes the difference."""


def _is_dark(signs: Signs) -> bool:
    return dict(signs.environment.effects).get("dim_light", 0.0) >= 0.3


def _has_cost_names(then: Signs, now: Signs) -> bool:
    """Return whether somebody lost their name under an environment other than the earlier one."""
    is_other_room = not now.environment.is_off and now.environment != then.environment
    return is_other_room and now.n_unknown > 0 and not then.names <= now.names


def _has_brought_names_back(then: Signs, now: Signs) -> bool:
    is_everybody_named = bool(now.names) and not now.n_unknown
    return now.n_room_adaptations > then.n_room_adaptations and (is_everybody_named or not now.names <= then.names)


def _shows(page: str, now: Signs) -> bool:
    return now.page == page


def _is_set(signs: Signs) -> bool:
    """Return whether MAML's settings differ from the defaults."""
    return "maml" in signs.hyperparameters


def _adapted_anew(then: Signs, now: Signs) -> bool:
    """Return whether MAML has adapted since then, so that there is a curve to see."""
    return now.adaptations.get("maml", 0) > then.adaptations.get("maml", 0)


PROTOTYPES = Lesson(
    QT_TRANSLATE_NOOP("Lessons", "What a prototype is"),
    (
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "A picture of a face becomes a row of numbers; similar faces lie close together.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Open a camera or the demo scene, and enrol somebody (E)."),
            QT_TRANSLATE_NOOP("Lessons", "the name, at the very next look: no training was needed"),
            lambda _then, now: bool(now.n_people and now.names),
            (lambda hand: hand.enroll_next(),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "The prototype of a person is the mean of their shots. A face is assigned to the nearest.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Let Prototypical networks decide (key 1)."),
            QT_TRANSLATE_NOOP("Lessons", "the line under the methods: which method decides now, and whose idea it was"),
            lambda _then, now: now.learner == "prototypical",
            (lambda hand: hand.choose_method("prototypical"),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "The map projects that space onto a plane: shots, prototypes, and who is on screen now.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Open the map (Alt+3)."),
            QT_TRANSLATE_NOOP("Lessons", "how the face on screen stays near its own prototype while it moves"),
            lambda _then, now: _shows("map", now) and now.is_map_placed,
            (lambda hand: hand.open_page("map"),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Another shot moves the mean; another person adds a prototype.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Enrol somebody else, or add shots of the same person (E)."),
            QT_TRANSLATE_NOOP("Lessons", "the map, redrawn in a moment: that was all the learning"),
            lambda then, now: now.n_shots > then.n_shots,
            (lambda hand: hand.enroll_next(),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "The nearest is not always near enough: below a threshold, the face is Unknown.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Open Why (Alt+4) and click a face."),
            QT_TRANSLATE_NOOP("Lessons", "each person’s score, and the threshold that it has to reach"),
            lambda then, now: _shows("why", now) and now.n_explained > then.n_explained,
            (lambda hand: hand.explain_somebody(),),
        ),
    ),
)

MAML = Lesson(
    QT_TRANSLATE_NOOP("Lessons", "MAML in five steps"),
    (
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "MAML learns where to begin: weights from which a few steps are enough for new people.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "With somebody enrolled, let MAML decide (key 4)."),
            QT_TRANSLATE_NOOP("Lessons", "the names: they stay, though another method decides"),
            lambda _then, now: now.learner == "maml" and now.n_people > 0 and now.adaptations.get("maml", 0) > 0,
            (lambda hand: hand.choose_method("maml"),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons", "Each step is gradient descent on the loss of the enrolled shots: the inner loop."
            ),
            QT_TRANSLATE_NOOP("Lessons", "Open Method (Alt+1)."),
            QT_TRANSLATE_NOOP("Lessons", "the loss falling from step to step"),
            lambda _then, now: _shows("method", now),
            (lambda hand: hand.open_page("method"),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "The number of steps is a setting; the start was trained for a few."),
            QT_TRANSLATE_NOOP("Lessons", "Unfold the settings and take a single step."),
            QT_TRANSLATE_NOOP("Lessons", "a short curve, and left-out shots named right before and after"),
            lambda then, now: _is_set(now) and (_is_set(then) or _adapted_anew(then, now)),
            (lambda hand: hand.use_inner_steps(1),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "More steps fit the shots better. Whether they fit the next picture better is another matter.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Reset the settings."),
            QT_TRANSLATE_NOOP("Lessons", "how little time adapting takes, each time you change something"),
            lambda then, now: not _is_set(now) and (not _is_set(then) or _adapted_anew(then, now)),
            (lambda hand: hand.use_inner_steps(None),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "Were the steps worth it? The plain mean is hard to beat."),
            QT_TRANSLATE_NOOP("Lessons", "Compare Prototypical networks (Shift+1), and open Compare (Alt+2)."),
            QT_TRANSLATE_NOOP("Lessons", "faces on which the two disagree"),
            lambda _then, now: "prototypical" in now.compared and _shows("compare", now),
            (lambda hand: hand.compare(("prototypical",)), lambda hand: hand.open_page("compare")),
        ),
    ),
)

STRANGERS = Lesson(
    QT_TRANSLATE_NOOP("Lessons", "Why strangers are hard"),
    (
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "Every stranger has a nearest enrolled person, too."),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Show somebody who is not enrolled; a stranger comes by in the demo scene.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Unknown, and the margin beside it: below 0 the nearest is not near enough"),
            lambda _then, now: now.n_people > 0 and now.n_unknown > 0,
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "You choose what share of strangers may be taken for somebody; the threshold follows.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "In Controls (Ctrl+4), let 10 of 100 strangers through."),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "all margins rising: more friends are recognised, and perhaps a stranger gets a name",
            ),
            lambda _then, now: now.fpir >= 0.09,
            (lambda hand: hand.let_through(0.1),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "Let fewer through, and friends who are hard to see become Unknown."),
            QT_TRANSLATE_NOOP("Lessons", "Let only 1 of 1000 through."),
            QT_TRANSLATE_NOOP("Lessons", "who keeps their name in bad light or at a distance, and who does not"),
            lambda _then, now: now.fpir <= 0.002,
            (lambda hand: hand.let_through(0.001),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "People in one room and one light look more alike than the people in a data set.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Let 1 of 100 through again, and open Room (Alt+6)."),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "what share is estimated to get through here, how certain that is and what it is based on",
            ),
            lambda _then, now: _shows("room", now) and 0.005 < now.fpir < 0.02,
            (lambda hand: hand.let_through(0.01), lambda hand: hand.open_page("room")),
        ),
    ),
)

LIGHT = Lesson(
    QT_TRANSLATE_NOOP("Lessons", "When the light goes out"),
    (
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons", "The shots were taken in one light. The network knows the dark from its training."
            ),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "With somebody named in the picture, open Room (Alt+6) and choose “Fading light”.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "the noise, and the name, which stays for as long as the face is found"),
            lambda _then, now: _shows("room", now) and bool(now.names) and _is_dark(now),
            (lambda hand: hand.open_page("room"), lambda hand: hand.photograph_in(_DARK)),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons", "Another camera is another matter: in its pictures a face hardly resembles its own shots."
            ),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Choose “Old webcam”, and turn it up ( ] ) until somebody is Unknown.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "margins falling below 0, names becoming Unknown"),
            _has_cost_names,
            (lambda hand: hand.photograph_in(_OLD_WEBCAM),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Faces seen in a room show what faces look like there, even without names.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Wait a few seconds, then adapt to this room (Ctrl+R)."),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "which names come back, and how many strangers are estimated to get through, before and now",
            ),
            _has_brought_names_back,
            (lambda hand: hand.adapt_to_room(),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "The same frames, decided with and without what the room showed."),
            QT_TRANSLATE_NOOP("Lessons", "Show this room before | after (B)."),
            QT_TRANSLATE_NOOP("Lessons", "verdicts that differ: they are highlighted and counted"),
            lambda _then, now: len(now.sides) == 2,
            (lambda hand: hand.show_before_after(),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "A room is forgotten once it is gone: its faces were kept in memory only."),
            QT_TRANSLATE_NOOP("Lessons", "Press Back to normal (0)."),
            QT_TRANSLATE_NOOP("Lessons", "everybody named as before"),
            lambda _then, now: now.environment.is_off,
            (lambda hand: hand.photograph_in(ROOM_AS_IT_IS),),
        ),
    ),
)

WHICH = Lesson(
    QT_TRANSLATE_NOOP("Lessons", "Which method when"),
    (
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons", "Nine methods can look at the same face for little more than the cost of one."
            ),
            QT_TRANSLATE_NOOP("Lessons", "With somebody enrolled, compare all of them (C)."),
            QT_TRANSLATE_NOOP("Lessons", "the strip beside each face: what each method says"),
            lambda _then, now: {now.learner, *now.compared} >= set(LEARNERS) and now.n_deciding >= len(LEARNERS),
            (lambda hand: hand.compare(tuple(LEARNERS)),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "In ordinary light they hardly differ, and the plain mean is the quickest."),
            QT_TRANSLATE_NOOP("Lessons", "Make it hard: choose “Out of focus” in Room, or press X a few times."),
            QT_TRANSLATE_NOOP("Lessons", "which methods still give the name, and which one loses it first"),
            lambda then, now: not now.environment.is_off and now.environment != then.environment,
            (lambda hand: hand.photograph_in(_WHERE_METHODS_DIFFER),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "One frame is an anecdote; counts are evidence."),
            QT_TRANSLATE_NOOP("Lessons", "Press Back to normal (0) and open Compare (Alt+2)."),
            QT_TRANSLATE_NOOP("Lessons", "named, Unknown, name changes per minute; accuracy where the truth is known"),
            lambda _then, now: _shows("compare", now) and now.environment.is_off,
            (lambda hand: hand.photograph_in(ROOM_AS_IT_IS), lambda hand: hand.open_page("compare")),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP("Lessons", "Better evidence: each of your shots left out in turn, clean and degraded."),
            QT_TRANSLATE_NOOP("Lessons", "Open Report (Alt+5) and run it."),
            QT_TRANSLATE_NOOP("Lessons", "the method that is recommended, and whether it is clearly better"),
            lambda then, now: now.n_reports > then.n_reports,
            (lambda hand: hand.test_methods(),),
        ),
        LessonStep(
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Few shots, good light: the mean. An unfamiliar room: see what the counts say. Not sure: let Auto try "
                "several.",
            ),
            QT_TRANSLATE_NOOP("Lessons", "Let Auto decide (A)."),
            QT_TRANSLATE_NOOP("Lessons", "under Method: what it tried on your shots, and what it kept"),
            lambda _then, now: now.learner == "rl2",
            (lambda hand: hand.choose_method("rl2"), lambda hand: hand.open_page("method")),
        ),
    ),
)

LESSONS = (PROTOTYPES, MAML, STRANGERS, LIGHT, WHICH)
"""In the order of their numbers, from 1."""
