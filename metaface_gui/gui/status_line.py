"""The left part of the status bar: which models run on which device."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from metaface_gui.engine.events import ModelsChanged, ModelState
from metaface_gui.gui.model_words import device_name, model_name
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel


class StatusLine(ElidedLabel):
    """One line about detector, embedder, device and FPIR."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setContentsMargins(Space.S, 0, 0, 0)
        self.setAccessibleName(self.tr("Models"))

    def show_models(self, changed: ModelsChanged) -> None:
        """Show what runs, or that it is being loaded."""
        if changed.state is ModelState.LOADING:
            self.setText(self.tr("Loading models…"))
            return
        text = self.tr("Detector {detector} · embedder {embedder} · on {device} · strangers let through: {fpir}")
        share = f"{100 * changed.fpir:g} %"
        self.setText(
            text.format(
                detector=model_name(changed.detector),
                embedder=model_name(changed.embedder),
                device=device_name(changed.device),
                fpir=share,
            )
        )
