"""People into a file and out of one: where it is, and its passphrase, asked for step by step."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.gui.panels.file_dialogs import ask_for_file, ask_where_to_save, file_filter
from metaface_gui.gui.panels.hop import Hop
from metaface_gui.gui.panels.passphrase_dialog import KnownPassphraseDialog, NewPassphraseDialog
from metaface_gui.gui.translation import translate

_PATTERNS = ("*.metaface",)
_SUGGESTED_NAME = "people.metaface"


def ask_export(parent: QWidget, engine: EngineApi) -> None:
    """Write everybody to a file, under a passphrase if one is given."""

    def ask_for_passphrase(path: Path) -> None:
        dialog = NewPassphraseDialog(parent)
        dialog.entered.connect(lambda typed: engine.export_gallery(path, passphrase=typed or None))
        dialog.open()

    filters = [file_filter(translate("PeopleFiles", "MetaFace people"), _PATTERNS)]
    title = translate("PeopleFiles", "Export everybody")
    ask_where_to_save(parent, title, filters, _SUGGESTED_NAME, lambda paths: ask_for_passphrase(paths[0]))


def ask_import(parent: QWidget, engine: EngineApi) -> None:
    """Add the people of an exported file; its passphrase is asked for if it has one."""

    def ask_for_passphrase(path: Path) -> None:
        dialog = KnownPassphraseDialog(parent)
        dialog.entered.connect(lambda typed: engine.import_gallery(path, passphrase=typed))
        dialog.open()

    def look_at(path: Path) -> None:
        hop = Hop(parent)
        hop.arrived.connect(lambda needs: ask_for_passphrase(path) if needs else engine.import_gallery(path))
        hop.arrived.connect(hop.deleteLater)
        engine.load_needs_passphrase(path, hop)

    filters = [
        file_filter(translate("PeopleFiles", "MetaFace people"), _PATTERNS),
        file_filter(translate("PeopleFiles", "All files"), ("*",)),
    ]
    ask_for_file(parent, translate("PeopleFiles", "Import people"), filters, lambda paths: look_at(paths[0]))
