"""What adaptations are wanted, which are there, and what of them the inference worker is to use: state, no threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, Room
from metaface_gui.engine.assembly import AdaptationKey, AdaptedGallery
from metaface_gui.engine.events import Adapted, MapChanged
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners import learner_class
from metaface_gui.pipeline.learners.base import AdaptedClassifier
from metaface_gui.pipeline.learners.hyperparameters import from_json, to_json
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.settings import RecognitionSettings

MAX_KEPT = 64
"""So many adaptations to one gallery are kept: all methods, each with a few settings."""


def checked_hyperparameters(learner: str, settings: object | None) -> object | None:
    """Return a learner's settings, None where they are its defaults.

    Raises:
        ValueError: if there is no such learner, the settings are not its own, or a value is out of range.
    """
    settings_type = learner_class(learner).settings_type
    if settings is None:
        return None
    if type(settings) is not settings_type:
        raise ValueError(f"{learner}: want {settings_type.__name__}, got {type(settings).__name__}")
    checked = from_json(learner, to_json(settings))
    return None if checked == settings_type() else checked


@dataclass(frozen=True, slots=True, eq=False)
class MapWanted:
    """The map of this adaptation is to be drawn, turned as the `former` one was."""

    adapted: AdaptedGallery
    former: EmbeddingMap | None


@dataclass(frozen=True, slots=True, eq=False)
class HandOver:
    """What the worker is to use from the next frame on, and what is to be said of it.

    `classifiers` are in order, the deciding one first; empty while nothing was adapted yet. `plane` and `placing` are
    the map and the adapted classifier in whose space it lies, None without a map. `to_evaluate` are adaptations
    that are used for the first time and worth an evaluation, and whether they decide. `continued` are the learners
    whose decisions go on: only what is known of the room is new to them.
    """

    classifiers: Mapping[str, OpenSetClassifier]
    plane: EmbeddingMap | None
    placing: AdaptedClassifier | None
    news: tuple[Adapted | MapChanged, ...]
    to_evaluate: tuple[tuple[AdaptedGallery, bool], ...]
    continued: frozenset[str] = frozenset()


class Adaptations:
    """Belongs to whoever holds the scheduler's lock."""

    def __init__(self, settings: RecognitionSettings, hyperparameters: Mapping[str, object]) -> None:
        self._settings = settings
        checked = {learner: checked_hyperparameters(learner, values) for learner, values in hyperparameters.items()}
        self._hyperparameters = {learner: values for learner, values in checked.items() if values is not None}
        self._map_learner: str | None = None
        self._people: EnrolledPeople | None = None
        self._room = EMPTY_ROOM
        self._kept: dict[AdaptationKey, AdaptedGallery] = {}
        self._failed: set[AdaptationKey] = set()
        self._running: dict[str, AdaptedGallery] = {}
        self._at_fpir: dict[AdaptationKey, OpenSetClassifier] = {}
        self._announced: dict[str, tuple[AdaptationKey, bool]] = {}
        self._turned: set[str] = set()
        self._drawn: tuple[AdaptedGallery, EmbeddingMap | None] | None = None
        self._drawn_for: AdaptationKey | None = None
        self._is_map_told = True

    # What is wanted -------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> RecognitionSettings:
        """The learners and the FPIR that are wanted."""
        return self._settings

    @property
    def hyperparameters(self) -> Mapping[str, object]:
        """The settings of learners that differ from their defaults."""
        return MappingProxyType(dict(self._hyperparameters))

    @property
    def people(self) -> EnrolledPeople | None:
        """Who was enrolled when the gallery was read last; None if it was not, for the models there are."""
        return self._people

    @property
    def room(self) -> Room:
        """The room that is adapted to; of another embedder's faces nothing is used."""
        is_usable = self._people is not None and self._room.embedder_id == self._people.embedder_id
        return self._room if is_usable else EMPTY_ROOM

    def set_room(self, room: Room) -> None:
        """Want adaptations to this room; those to another one are not kept, for they hold faces that may be forgotten.

        What runs goes on until its successor is there, the map too if one is wanted.
        """
        self._room = room
        self._kept = {key: adapted for key, adapted in self._kept.items() if self._is_of_room(key)}
        self._failed = {key for key in self._failed if self._is_of_room(key)}
        if self._map_learner is None and self._drawn is not None and not self._is_of_room(self._drawn[0].key):
            self._drawn = self._drawn_for = None

    def choose(self, settings: RecognitionSettings) -> None:
        """Want other learners, or another FPIR."""
        if settings.fpir != self._settings.fpir:
            self._at_fpir.clear()
        self._settings = settings

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Want another setting of a learner.

        Raises:
            ValueError: as `checked_hyperparameters`.
        """
        checked = checked_hyperparameters(learner, settings)
        if checked != self._hyperparameters.pop(learner, None):
            self._turned.add(learner)
        if checked is not None:
            self._hyperparameters[learner] = checked

    def set_map_learner(self, learner: str | None) -> None:
        """Want a map in this learner's space, or none; it will be told even if it is the one that is there."""
        self._map_learner = learner
        self._is_map_told = False

    def take(self, people: EnrolledPeople) -> None:
        """Want adaptations to these people; what was adapted to others goes on until its successor is there.

        A map that has no successor, because none is wanted now, goes at once if it names somebody who was deleted.
        """
        drawn = None if self._drawn is None else self._drawn[0].people
        if drawn is not None and self._map_learner is None and set(drawn.person_ids) - set(people.person_ids):
            self._drawn = self._drawn_for = None
        self._people = people
        self._kept.clear()
        self._failed.clear()

    def forget_gallery(self) -> None:
        """Another embedder came: nothing that was adapted is of any use."""
        self._people = self._drawn = self._drawn_for = None
        self._room = EMPTY_ROOM
        self._kept.clear()
        self._failed.clear()
        self._running.clear()
        self._at_fpir.clear()

    def forget_handed_over(self) -> None:
        """The worker got another pipeline: it has no classifier yet."""
        self._announced.clear()
        self._is_map_told = False

    # What is there --------------------------------------------------------------------------------------------------

    def todo(self) -> AdaptationKey | MapWanted | None:
        """The next thing that is wanted and missing: what decides, then what is looked at, then what runs beside."""
        learner, of_map = self._settings.learner, self._map_learner
        for first in (learner,) if of_map is None else (learner, of_map):
            if self._is_missing(self._key(first)):
                return self._key(first)
        if of_map is not None and (adapted := self._ready(of_map)) is not None and self._drawn_for != adapted.key:
            return MapWanted(adapted, self._drawn[1] if self._drawn else None)
        return next((key for key in map(self._key, self._settings.compared) if self._is_missing(key)), None)

    def keep(self, adapted: AdaptedGallery) -> None:
        """Have an adaptation that was missing."""
        if adapted.people is self._people and self._is_of_room(adapted.key):
            self._kept[adapted.key] = adapted
            wanted = {self._key(learner) for learner in (*self._settings.learners, self._map_learner) if learner}
            spare = [key for key in self._kept if key not in wanted]
            for key in spare[: max(0, len(self._kept) - MAX_KEPT)]:
                del self._kept[key]

    def give_up(self, key: AdaptationKey) -> None:
        """Not try that one again before the gallery changes."""
        self._failed.add(key)

    def begin_map(self, adapted: AdaptedGallery) -> None:
        """Count the map as drawn, so that one which cannot be drawn is not tried for ever."""
        self._drawn_for = adapted.key

    def keep_map(self, adapted: AdaptedGallery, plane: EmbeddingMap | None) -> None:
        """Have a map; None in an empty gallery."""
        if adapted.people is self._people and self._is_of_room(adapted.key):
            self._drawn = (adapted, plane)
            self._is_map_told = False

    # What runs ------------------------------------------------------------------------------------------------------

    def hand_over(self) -> HandOver:
        """Take note that from now on the worker uses all that is ready."""
        running = self._next_running()
        news, to_evaluate = list[Adapted | MapChanged](), list[tuple[AdaptedGallery, bool]]()
        announced, continued = dict[str, tuple[AdaptationKey, bool]](), set[str]()
        for index, (learner, adapted) in enumerate(running.items()):
            is_primary = index == 0
            announced[learner] = (adapted.key, is_primary)
            if learner in self._announced and self._is_more_of_room(self._announced[learner][0], adapted.key):
                continued.add(learner)
            if self._announced.get(learner) != announced[learner]:
                news.append(replace(adapted.report, is_primary=is_primary))
                if is_primary or (learner in self._turned and adapted is self._ready(learner)):
                    self._turned.discard(learner)
                    to_evaluate.append((adapted, is_primary))
        self._running, self._announced = running, announced
        plane, placing = self._map_in_use()
        if not self._is_map_told and self._is_map_settled():
            self._is_map_told = True
            news.append(MapChanged(plane))
        return HandOver(self._classifiers(), plane, placing, tuple(news), tuple(to_evaluate), frozenset(continued))

    def deciding(self) -> tuple[AdaptedGallery, OpenSetClassifier] | None:
        """What decides the names on screen, at the FPIR that is wanted; None while nothing does."""
        adapted = next(iter(self._running.values()), None)
        return None if adapted is None else (adapted, self._threshold(adapted))

    def _next_running(self) -> dict[str, AdaptedGallery]:
        """What is ready of what is wanted, the former adaptation where the new one is not; what decides comes first.

        Until the wanted one is adapted for the first time, the one that decided goes on.
        """
        found = {learner: self._ready(learner) or self._running.get(learner) for learner in self._settings.learners}
        running = {learner: adapted for learner, adapted in found.items() if adapted is not None}
        if self._settings.learner in running:
            return running
        former = next(iter(self._running), None)
        if former is None:
            return {}
        return {former: self._ready(former) or self._running[former], **running}

    def _classifiers(self) -> Mapping[str, OpenSetClassifier]:
        in_use = {adapted.key for adapted in self._running.values()}
        self._at_fpir = {key: classifier for key, classifier in self._at_fpir.items() if key in in_use}
        return MappingProxyType({learner: self._threshold(adapted) for learner, adapted in self._running.items()})

    def _threshold(self, adapted: AdaptedGallery) -> OpenSetClassifier:
        """Always the same object for the same FPIR, so that its decisions go on."""
        if adapted.key not in self._at_fpir:
            self._at_fpir[adapted.key] = adapted.classifier.with_fpir(self._settings.fpir)
        return self._at_fpir[adapted.key]

    def _map_in_use(self) -> tuple[EmbeddingMap | None, AdaptedClassifier | None]:
        if self._map_learner is None or self._drawn is None:
            return None, None
        return self._drawn[1], self._drawn[0].adapted

    def _is_map_settled(self) -> bool:
        """Whether the map that is there is the one that is wanted."""
        wanted = None if self._map_learner is None else self._key(self._map_learner)
        return self._map_learner is None or (self._drawn is not None and self._drawn[0].key == wanted)

    def _key(self, learner: str) -> AdaptationKey | None:
        if self._people is None:
            return None
        return AdaptationKey(
            learner,
            self._hyperparameters.get(learner),
            self._people.embedder_id,
            self._people.revision,
            self.room.revision,
        )

    def _is_of_room(self, key: AdaptationKey) -> bool:
        """Whether an adaptation knows of no other room than the one there is."""
        return key.room in (0, self._room.revision)

    def _is_more_of_room(self, former: AdaptationKey, key: AdaptationKey) -> bool:
        """Whether only what is known of the room is new, and decisions may go on."""
        return self._room.keeps_votes and former != key and replace(former, room=key.room) == key

    def _ready(self, learner: str) -> AdaptedGallery | None:
        key = self._key(learner)
        return None if key is None else self._kept.get(key)

    def _is_missing(self, key: AdaptationKey | None) -> bool:
        return key is not None and key not in self._kept and key not in self._failed
