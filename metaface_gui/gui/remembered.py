"""Where the window's memory is kept, and its entries that are needed before anything heavy is loaded."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSettings

from metaface_gui.gui.theme import ThemeMode

GEOMETRY, THEME = "window/geometry", "window/theme"
_MAX_BLOB = 64 * 1024


def window_settings(parent: QObject | None = None) -> QSettings:
    """Open the user's file of settings of the window."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "metaface", "window", parent)


def remembered_theme(settings: QSettings) -> ThemeMode:
    """Light, dark, or as the system: the last where nothing, or nonsense, is remembered."""
    value = settings.value(THEME)
    return ThemeMode(value) if value in {mode.value for mode in ThemeMode} else ThemeMode.SYSTEM


def remembered_bytes(settings: QSettings, key: str) -> QByteArray:
    """What Qt gave us to keep; empty where nothing, something else or too much is remembered."""
    value = settings.value(key, QByteArray())
    return value if isinstance(value, QByteArray) and value.size() <= _MAX_BLOB else QByteArray()
