"""The app's source and recognition settings: source, strictness, room, models."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.models_section import ModelsSection
from metaface_gui.gui.panels.room_section import RoomSection
from metaface_gui.gui.panels.source_section import SourceSection
from metaface_gui.gui.source_menu import ListCameras
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.pipeline.capture.devices import list_cameras
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.resources import user_data_dir, weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore


class ControlsPanel(QWidget):
    """Four sections, one below the other. The receiver of `source_chosen` opens and remembers the source."""

    source_chosen = Signal(SourceSpec)

    def __init__(
        self,
        engine: EngineApi,
        bridge: EngineBridge,
        parent: QWidget | None = None,
        *,
        store: WeightsStore | None = None,
        list_cameras: ListCameras = list_cameras,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Settings"))
        if store is None:
            store = WeightsStore(weights_dir(), user_data_dir() / "weights")
        self.source = SourceSection(engine.source, bridge, self, list_cameras=list_cameras)
        self.models = ModelsSection(engine.models, engine.jobs, bridge, store, self)
        self.room = RoomSection(engine.room, bridge, self)
        self.source.source_chosen.connect(self.source_chosen)
        form = QWidget(self)
        parts = column(margins=Space.M)
        form.setLayout(parts)
        for heading, part in (
            (self.tr("Source"), self.source),
            (self.tr("Strangers"), self.models.fpir),
            (self.tr("This room"), self.room),
            (self.tr("Models"), self.models),
        ):
            parts.addWidget(ElidedLabel(heading, form, role="heading"))
            parts.addWidget(part)
            parts.addSpacing(Space.M)
        parts.addStretch(1)
        self.setLayout(column(scrolling(form, self)))

    def show_settings(self, settings: RecognitionSettings) -> None:
        """Show the device and the room setting that the engine was started with."""
        self.models.show_settings(settings)
        self.room.show_settings(settings)

    def close_finder(self) -> None:
        """Stop the camera search, so that it doesn't outlive the window."""
        self.source.close_finder()
