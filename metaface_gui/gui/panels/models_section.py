"""Choosing the models: detector, embedder (with its weights), device, learner and strictness."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QProgressBar, QWidget

from metaface_gui.engine.api import JobsApi, ModelsApi
from metaface_gui.engine.events import ModelsChanged, ModelState, RequestEnded
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_explanation, learner_title
from metaface_gui.gui.model_words import device_name, model_title
from metaface_gui.gui.panels.download_box import DownloadBox
from metaface_gui.gui.panels.fpir_slider import FpirSlider
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.i18n import error_text
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsEntry, WeightsStore

_AUTO = "auto"


class ModelsSection(QWidget):
    """Requests go to the engine; the display shows what the engine reports."""

    def __init__(
        self, models: ModelsApi, jobs: JobsApi, bridge: EngineBridge, store: WeightsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._models, self._jobs = models, jobs
        self._store = store
        self._running: ModelsChanged | None = None
        self._device_choice = self._device_wish = _AUTO
        self._missing_key = ""
        self._make_widgets()
        self._lay_out()
        self._connect(bridge)

    def show_settings(self, settings: RecognitionSettings) -> None:
        """Show the engine's start settings; only the requested device is not reported by the engine itself."""
        self._device_choice = self._device_wish = settings.device
        _select(self.device, settings.device)

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.detector = self._combo(self.tr("Detector"), self.tr("What finds faces in the picture"))
        for key in DETECTORS:
            self.detector.addItem(model_title(key), key)
        self.embedder = self._combo(self.tr("Embedder"), self.tr("What turns a face into numbers to compare"))
        for entry in self._store.entries():
            if entry.role == "embedder":
                self.embedder.addItem(model_title(entry.key), entry.key)
        self.device = self._combo(self.tr("Device"), self.tr("What to compute on"))
        self.device.addItem(self.tr("Automatic"), _AUTO)
        self.device.addItem(self.tr("Processor (CPU)"), "cpu")
        if sys.platform == "darwin":
            self.device.addItem(self.tr("Apple graphics (MPS)"), "mps")
        else:
            self.device.addItem(self.tr("Graphics card (CUDA)"), "cuda")
        self.learner = self._combo(self.tr("Learner"), self.tr("How the app learns people from a few shots"))
        for row, key in enumerate(LEARNERS):
            self.learner.addItem(learner_title(key), key)
            self.learner.setItemData(row, learner_explanation(key), Qt.ItemDataRole.ToolTipRole)
        self.fpir = FpirSlider(self)
        self.download = DownloadBox(self)
        self.busy = QProgressBar(self)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Loading models"))
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        self.busy.hide()
        self.status = MessageLine(3, self)

    def _combo(self, name: str, words: str) -> ElidingComboBox:
        return ElidingComboBox(name, words, self)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        form.setColumnStretch(1, 1)
        # The box for missing weights goes right below the embedder, in row 3.
        form.addWidget(self.download, 3, 0, 1, 2)
        for row, combo in ((0, self.learner), (1, self.detector), (2, self.embedder), (4, self.device)):
            label = QLabel(combo.accessibleName(), self)
            label.setBuddy(combo)
            form.addWidget(label, row, 0)
            form.addWidget(combo, row, 1)
        self.setLayout(column(form, self.busy, self.status))

    def _connect(self, bridge: EngineBridge) -> None:
        self.detector.activated.connect(lambda: self._models.set_detector(self.detector.currentData()))
        self.embedder.activated.connect(self._on_embedder)
        self.device.activated.connect(self._on_device)
        self.learner.activated.connect(lambda: self._models.set_learner(self.learner.currentData()))
        self.fpir.chosen.connect(self._models.set_fpir)
        self.download.download_requested.connect(self._on_download)
        self.download.cancel_requested.connect(self._jobs.cancel)
        self.download.declined.connect(self._on_declined)
        bridge.models_changed.connect(self._on_models)
        bridge.job_changed.connect(self.download.show_job)
        bridge.request_ended.connect(self._on_request_ended)

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_embedder(self) -> None:
        key = self.embedder.currentData()
        entry = self._entry(key)
        if entry is not None and not self._store.is_available(entry.name):
            self._missing_key = key
            self.download.offer(entry, model_title(entry.key))
            return
        self._missing_key = ""
        self.download.withdraw()
        self._models.set_embedder(key)

    def _on_download(self, weights: str) -> None:
        self.download.follow(self._models.fetch_weights(weights))

    def _on_declined(self) -> None:
        self._missing_key = ""
        if self._running is not None:
            _select(self.embedder, self._running.embedder)

    def _on_device(self) -> None:
        self._device_wish = self.device.currentData()
        self._models.set_device(self._device_wish)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, event: ModelsChanged) -> None:
        self._running = event
        is_loading = event.state is ModelState.LOADING
        if event.state is ModelState.READY:
            self._device_choice = self._device_wish
        elif event.state is ModelState.FAILED:
            self._device_wish = self._device_choice
        _select(self.detector, event.detector)
        _select(self.learner, event.learner)
        _select(self.device, self._device_wish)
        if not self._missing_key:
            _select(self.embedder, event.embedder)
        self.fpir.show_fpir(event.fpir)
        for combo in (self.detector, self.embedder, self.device, self.learner):
            combo.setEnabled(not is_loading)
        self.busy.setVisible(is_loading)
        if is_loading:
            self.status.say(self.tr("Loading models …"))
        elif event.error is not None:
            self.status.say(error_text(event.error), role="error")
        else:
            self.status.say(self.tr("Runs on {device}.").format(device=device_name(event.device)))

    def _on_request_ended(self, event: RequestEnded) -> None:
        if not self.download.show_end(event):
            return
        entry = self._entry(self._missing_key)
        if entry is not None and self._store.is_available(entry.name):
            # The user chose this embedder and then its download, so select it now that its weights are available.
            key, self._missing_key = self._missing_key, ""
            self.download.withdraw()
            self._models.set_embedder(key)

    def _entry(self, key: str) -> WeightsEntry | None:
        return next((entry for entry in self._store.entries() if entry.role == "embedder" and entry.key == key), None)


def _select(combo: QComboBox, key: str) -> None:
    """Select the entry of this key; an unknown key is added as its own title."""
    index = combo.findData(key)
    if index < 0:
        combo.addItem(key, key)
        index = combo.count() - 1
    combo.setCurrentIndex(index)
