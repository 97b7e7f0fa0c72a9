"""Watches the user's actions and their effects: the engine's events and the studio's open page."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from metaface_gui.engine.events import (
    Adapted,
    EnvironmentChanged,
    Explained,
    GalleryChanged,
    ModelsChanged,
    ResultReady,
    RoomChanged,
    SelfTested,
    SidesChanged,
)
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.lessons.lesson import Signs
from metaface_gui.gui.stage import Stage


class Observer(QObject):
    """Keeps `signs`, what is seen now, up to date; emits `changed` whenever it differs from before."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.signs = Signs()
        self._stage = stage
        self._is_room_adapted_to = False
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.result_ready.connect(self._on_result)
        bridge.models_changed.connect(self._on_models)
        bridge.environment_changed.connect(self._on_environment)
        bridge.room_changed.connect(self._on_room)
        bridge.adapted.connect(self._on_adapted)
        bridge.sides_changed.connect(self._on_sides)
        bridge.explained.connect(self._on_explained)
        bridge.self_tested.connect(self._on_self_tested)
        stage.page_changed.connect(self._on_page)
        self._on_page()

    def _see(self, signs: Signs) -> None:
        if signs != self.signs:
            self.signs = signs
            self.changed.emit()

    def _on_gallery(self, event: GalleryChanged) -> None:
        people = event.snapshot.recognised  # hidden people do not count
        n_shots = sum(person.shot_count for person in people)
        self._see(replace(self.signs, n_people=len(people), n_shots=n_shots))

    def _on_result(self, event: ResultReady) -> None:
        faces = event.result.faces
        names = frozenset(face.identification.name for face in faces if face.identification.name is not None)
        n_unknown = sum(face.identification.is_unknown for face in faces)
        is_placed = any(face.map_xy.size for face in faces)
        n_deciding = max((len(face.per_learner) for face in faces), default=0)
        self._see(replace(self.signs, names=names, n_unknown=n_unknown, is_map_placed=is_placed, n_deciding=n_deciding))

    def _on_models(self, event: ModelsChanged) -> None:
        self._see(
            replace(
                self.signs,
                learner=event.learner,
                compared=event.compared,
                hyperparameters=event.hyperparameters,
                fpir=event.fpir,
            )
        )

    def _on_environment(self, event: EnvironmentChanged) -> None:
        self._see(replace(self.signs, environment=event.setting))

    def _on_room(self, event: RoomChanged) -> None:
        self._is_room_adapted_to = event.n_adapted_to > 0

    def _on_adapted(self, event: Adapted) -> None:
        before = self.signs.adaptations
        signs = replace(self.signs, adaptations={**before, event.learner: before.get(event.learner, 0) + 1})
        if event.is_primary and self._is_room_adapted_to:
            signs = replace(signs, n_room_adaptations=signs.n_room_adaptations + 1)
        self._see(signs)

    def _on_sides(self, event: SidesChanged) -> None:
        self._see(replace(self.signs, sides=event.sides))

    def _on_explained(self, event: Explained) -> None:
        if event.explanation is not None:
            self._see(replace(self.signs, n_explained=self.signs.n_explained + 1))

    def _on_self_tested(self, _event: SelfTested) -> None:
        self._see(replace(self.signs, n_reports=self.signs.n_reports + 1))

    def _on_page(self) -> None:
        page = self._stage.studio.key if self._stage.is_studio_visible else ""
        self._see(replace(self.signs, page=page))
