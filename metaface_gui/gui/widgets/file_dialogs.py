"""Non-blocking file dialogs: the live view keeps running while the user chooses a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

OnPaths = Callable[[list[Path]], None]

PICTURES = ("*.jpg", "*.jpeg", "*.png", "*.webp", "*.bmp", "*.tif", "*.tiff")
VIDEOS = ("*.mp4", "*.mov", "*.avi", "*.mkv", "*.webm", "*.m4v")


def file_filter(title: str, patterns: Sequence[str]) -> str:
    """Return one entry for the file-type list of a file dialog."""
    return f"{title} ({' '.join(patterns)})"


def ask_for_files(parent: QWidget, title: str, filters: Sequence[str], on_chosen: OnPaths) -> QFileDialog:
    """Let the user choose existing files; `on_chosen` is called only if they accept."""
    return _ask(parent, title, QFileDialog.FileMode.ExistingFiles, filters, on_chosen)


def ask_for_file(parent: QWidget, title: str, filters: Sequence[str], on_chosen: OnPaths) -> QFileDialog:
    """Let the user choose one existing file."""
    return _ask(parent, title, QFileDialog.FileMode.ExistingFile, filters, on_chosen)


def ask_for_folder(parent: QWidget, title: str, on_chosen: OnPaths) -> QFileDialog:
    """Let the user choose a folder."""
    return _ask(parent, title, QFileDialog.FileMode.Directory, (), on_chosen)


def ask_where_to_save(
    parent: QWidget, title: str, filters: Sequence[str], suggested: str, on_chosen: OnPaths
) -> QFileDialog:
    """Let the user choose a file to write; the dialog confirms before an existing file is replaced."""
    dialog = _ask(parent, title, QFileDialog.FileMode.AnyFile, filters, on_chosen, is_for_saving=True)
    dialog.setDefaultSuffix(Path(suggested).suffix.lstrip("."))
    dialog.selectFile(suggested)
    return dialog


def local_paths(data: QMimeData) -> list[Path]:
    """Return the existing local files and folders in the dragged data, without web URLs and missing paths."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.exists()]


def _ask(
    parent: QWidget,
    title: str,
    mode: QFileDialog.FileMode,
    filters: Sequence[str],
    on_chosen: OnPaths,
    *,
    is_for_saving: bool = False,
) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    if is_for_saving:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(mode)
    if filters:
        dialog.setNameFilters(list(filters))
    dialog.filesSelected.connect(lambda files: on_chosen([Path(file) for file in files]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
