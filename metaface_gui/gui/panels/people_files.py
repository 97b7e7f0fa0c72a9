"""Exports people to a file and imports them: asks for the file and its passphrase step by step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.engine.events import ImportLookedAt, RequestEnded
from metaface_gui.gallery import PassphraseError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.widgets.file_dialogs import ask_for_file, ask_where_to_save, file_filter
from metaface_gui.gui.widgets.passphrase_dialog import KnownPassphraseDialog, NewPassphraseDialog
from metaface_gui.i18n import error_text, translate
from metaface_gui.types import RequestId

_PATTERNS = ("*.metaface",)
_SUGGESTED_NAME = "people.metaface"

Unanswered = tuple[Mapping[RequestId, Path], ...]
"""The files of requests without an answer yet: those looked at, those exported to, those imported."""


class PeopleFiles(QObject):
    """Opens dialogs over `parent` and passes the user's input to the engine. After a wrong passphrase it
    asks again. `message` says in words what was done."""

    message = Signal(str)

    def __init__(self, people: PeopleApi, bridge: EngineBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._people, self._window = people, parent
        self._looking: dict[RequestId, Path] = {}
        self._exporting: dict[RequestId, Path] = {}
        self._importing: dict[RequestId, Path] = {}
        bridge.import_looked_at.connect(self._on_looked_at)
        bridge.request_ended.connect(self._on_ended)

    def ask_export(self) -> None:
        """Ask where to export everybody, and for an optional passphrase."""
        filters = [file_filter(translate("PeopleFiles", "MetaFace people"), _PATTERNS)]
        title = translate("PeopleFiles", "Export everybody")
        ask_where_to_save(self._window, title, filters, _SUGGESTED_NAME, lambda paths: self._ask_new(paths[0]))

    def ask_import(self) -> None:
        """Ask for an exported file to import, and for its passphrase if it has one."""
        filters = [
            file_filter(translate("PeopleFiles", "MetaFace people"), _PATTERNS),
            file_filter(translate("PeopleFiles", "All files"), ("*",)),
        ]
        title = translate("PeopleFiles", "Import people")
        ask_for_file(self._window, title, filters, lambda paths: self._look_at(paths[0]))

    @property
    def unanswered(self) -> Unanswered:
        """The requests without an answer yet, for a window that replaces this one."""
        return dict(self._looking), dict(self._exporting), dict(self._importing)

    def wait_for(self, unanswered: Unanswered) -> None:
        """Wait for the answers to a former window's requests."""
        for waiting, former in zip((self._looking, self._exporting, self._importing), unanswered, strict=True):
            waiting.update(former)

    def _ask_new(self, path: Path) -> None:
        dialog = NewPassphraseDialog(self._window)
        dialog.entered.connect(lambda typed: self._export(path, typed or None))
        dialog.open()

    def _export(self, path: Path, passphrase: str | None) -> None:
        self._exporting[self._people.export_to(path, passphrase=passphrase)] = path

    def _look_at(self, path: Path) -> None:
        self._looking[self._people.load_needs_passphrase(path)] = path

    def _on_looked_at(self, event: ImportLookedAt) -> None:
        path = self._looking.pop(event.request_id, None)
        if path is None:
            return  # the request was not made here
        if event.needs_passphrase:
            self._ask_known(path)
        else:
            self._import(path, None)

    def _ask_known(self, path: Path, refused: str = "") -> None:
        dialog = KnownPassphraseDialog(self._window, refused)
        dialog.entered.connect(lambda typed: self._import(path, typed))
        dialog.open()

    def _import(self, path: Path, passphrase: str | None) -> None:
        self._importing[self._people.import_from(path, passphrase=passphrase)] = path

    def _on_ended(self, event: RequestEnded) -> None:
        self._looking.pop(event.request_id, None)
        exported, imported = self._exporting.pop(event.request_id, None), self._importing.pop(event.request_id, None)
        is_done = event.error is None and not event.is_cancelled
        if exported is not None and is_done:
            self.message.emit(translate("PeopleFiles", "Everybody was exported to {name}.", name=exported.name))
        elif imported is not None and is_done:
            self.message.emit(translate("PeopleFiles", "The people in {name} were imported.", name=imported.name))
        elif imported is not None and isinstance(event.error, PassphraseError):
            self._ask_known(imported, error_text(event.error))
